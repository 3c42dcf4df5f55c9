/* model
description: One row per product, with what was sold of it.
columns:
  product_id: { description: Primary key., tests: [not_null, unique] }
  return_rate: { description: Units returned of units sold. }
tests:
  - return_rate between 0 and 1
*/
with sales as (
  select
    product_id,
    sum(quantity) filter (where status <> 'cancelled') as units_sold,
    sum(quantity) filter (where status = 'returned') as units_returned,
    sum(net_usd) filter (where status <> 'cancelled') as net_usd
  from int_order_items_priced
  join stg_orders using (order_id)
  group by product_id
)
select
  products.*,
  cast(coalesce(units_sold, 0) as bigint) as units_sold,
  cast(coalesce(units_returned, 0) as bigint) as units_returned,
  share(coalesce(units_returned, 0), units_sold) as return_rate,
  cast(coalesce(sales.net_usd, 0) as decimal(18, 2)) as net_usd
from stg_products as products
left join sales using (product_id)
