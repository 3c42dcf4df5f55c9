/* test
description: No day is missing and none is counted twice.
*/
with by_day as (select sum(net_usd) as net_usd from daily_revenue),
by_order as (select sum(net_usd) as net_usd from fct_orders where status <> 'cancelled')
select by_day.net_usd as by_day, by_order.net_usd as by_order
from by_day, by_order
where by_day.net_usd <> by_order.net_usd
