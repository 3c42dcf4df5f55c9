/* model
description: Products that were bought together in at least 15 orders; each pair once.
tests:
  - unique: [product_id, bought_with_id]
*/
with lines as (
  select distinct order_id, product_id, product_name
  from stg_order_items
  join stg_products using (product_id)
)
select
  a.product_id,
  a.product_name,
  b.product_id as bought_with_id,
  b.product_name as bought_with_name,
  count(*) as order_count
from lines as a
join lines as b on a.order_id = b.order_id and a.product_id < b.product_id
group by all
having order_count >= 15
