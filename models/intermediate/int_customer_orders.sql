/* model
description: Each customer's orders, numbered. Cancelled and returned ones don't count.
*/
select
  order_id,
  customer_id,
  ordered_on,
  net_usd,
  row_number() over customer as order_number,
  ordered_on - lag(ordered_on) over customer as days_since_previous
from int_orders_priced
where customer_id is not null and status not in ('cancelled', 'returned')
window customer as (partition by customer_id order by ordered_at, order_id)
