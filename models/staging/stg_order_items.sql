/* model
description: Lines of orders. Lines without a quantity cannot be priced and are left out.
columns:
  order_id:
    tests: [not_null, { relationships: { to: stg_orders, field: order_id } }]
tests:
  - unique: [order_id, line]
  - quantity > 0
  - discount_cents between 0 and unit_price_cents * quantity
*/
select distinct
  order_id,
  line,
  product_id,
  quantity,
  unit_price_cents,
  coalesce(discount_cents, 0) as discount_cents
from shop.order_items
where quantity is not null
