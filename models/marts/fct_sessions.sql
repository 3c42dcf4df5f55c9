/* model
description: One row per visit of the shop's pages.
partition_by: [session_month]
publish: true
columns:
  session_id: { description: Primary key., tests: [not_null, unique] }
  session_month: { description: 'Year and month in UTC, such as 2025-03.', tests: [not_null] }
tests:
  - duration_seconds >= 0
*/
select
  session_id,
  visitor_id,
  customer_id,
  started_at,
  date_diff('second', started_at, ended_at) as duration_seconds,
  device,
  channel,
  event_count,
  product_view_count,
  add_to_cart_count,
  purchase_count > 0 as converted,
  order_id,
  strftime(started_at, '%Y-%m') as session_month
from int_sessions
