/* model
description: Visitors and events per day and device. Only days that have new clicks are built.
materialized: incremental
strategy: time_range
event_time: day
interval: day
begin: 2025-01-01
lookback: 3
columns:
  day: { description: In UTC., tests: [not_null] }
*/
select
  cast(occurred_at as date) as day,
  device,
  count(distinct visitor_id) as visitor_count,
  count(*) as event_count
from stg_clicks
group by all
