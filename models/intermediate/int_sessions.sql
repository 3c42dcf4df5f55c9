/* model
description: >-
  Visits: a visitor's events, cut wherever nothing happened for some time (vars.session_gap_minutes).
materialized: table
columns:
  session_id: { tests: [not_null, unique] }
  device: { tests: [{ accepted_values: [desktop, mobile, tablet] }] }
tests:
  - started_at <= ended_at
*/
with gaps as (
  select
    *,
    occurred_at - lag(occurred_at) over visit as since_last_event
  from stg_clicks
  window visit as (partition by visitor_id order by occurred_at, event_id)
),
numbered as (
  select
    *,
    count(*) filter (where since_last_event is null or since_last_event > to_minutes(${vars.session_gap_minutes}))
      over (partition by visitor_id order by occurred_at, event_id) as session_number
  from gaps
)
select
  visitor_id || '-' || session_number as session_id,
  visitor_id,
  max(customer_id) as customer_id,
  min(occurred_at) as started_at,
  max(occurred_at) as ended_at,
  any_value(device order by occurred_at, event_id) as device,
  coalesce(any_value(channel order by occurred_at, event_id), 'direct') as channel,
  count(*) as event_count,
  ${countEach('event_type', ['product_view', 'add_to_cart', 'checkout', 'purchase'])},
  max(order_id) as order_id
from numbered
group by visitor_id, session_number
