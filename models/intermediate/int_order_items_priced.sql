/* model
description: Lines of orders in US dollars, at the rate of the day.
materialized: ephemeral
*/
select
  items.order_id,
  items.line,
  items.product_id,
  items.quantity,
  ${centsToUsd(sql`items.unit_price_cents * items.quantity`, 'rates.usd_rate')} as gross_usd,
  ${centsToUsd('items.discount_cents', 'rates.usd_rate')} as discount_usd,
  gross_usd - discount_usd as net_usd
from stg_order_items as items
join stg_orders as orders using (order_id)
-- The rate of the day is the last one fixed before it.
asof join currency_rates as rates
  on rates.currency = orders.currency and rates.valid_from <= orders.ordered_on
