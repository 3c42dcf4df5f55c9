/* model
description: One row per day, days without an order included, with a column for each region.
publish: true
tags: [mart, finance]
columns:
  day: { description: In the shop's time zone., tests: [not_null, unique] }
tests:
  - expression: >-
      net_usd = dach_usd + western_europe_usd + nordics_usd + north_america_usd + rest_of_world_usd + unknown_usd
    name: regions_add_up
*/
with spine as (
  from days_between(
    (select min(ordered_on) from fct_orders),
    (select max(ordered_on) from fct_orders)
  )
),
daily as (
  select
    spine.day,
    count(orders.order_id) as order_count,
    cast(coalesce(sum(orders.net_usd), 0) as decimal(18, 2)) as net_usd,
    ${sumEach('orders.net_usd', {
      by: 'orders.region',
      values: ['DACH', 'Western Europe', 'Nordics', 'North America', 'Rest of world', 'Unknown'],
      suffix: 'usd',
    })}
  from spine
  left join fct_orders as orders
    on orders.ordered_on = spine.day
    ${when(!vars.count_cancelled_orders, sql`and orders.status <> 'cancelled'`)}
  group by spine.day
)
select
  *,
  cast(avg(net_usd) over (order by day rows 6 preceding) as decimal(18, 2)) as net_usd_7_day_average
from daily
