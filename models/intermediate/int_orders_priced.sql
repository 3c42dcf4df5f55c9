/* model
description: Orders in US dollars, at the rate of the day.
*/
with totals as (
  select
    order_id,
    count(*) as line_count,
    cast(sum(quantity) as bigint) as unit_count,
    sum(gross_usd) as gross_usd,
    sum(discount_usd) as discount_usd,
    sum(net_usd) as net_usd
  from int_order_items_priced
  group by order_id
)
select
  orders.*,
  line_count,
  unit_count,
  cast(gross_usd as decimal(18, 2)) as gross_usd,
  cast(discount_usd as decimal(18, 2)) as discount_usd,
  cast(net_usd as decimal(18, 2)) as net_usd,
  ${centsToUsd('orders.shipping_cents', 'rates.usd_rate')} as shipping_usd
from stg_orders as orders
join totals using (order_id)
asof join currency_rates as rates
  on rates.currency = orders.currency and rates.valid_from <= orders.ordered_on
