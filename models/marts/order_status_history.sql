/* model
description: One row per status that an order was seen in, with the time in which it held.
materialized: snapshot
unique_key: order_id
updated_at: status_since
columns:
  order_id: { tests: [not_null] }
  valid_from: { description: When the order came into this status., tests: [not_null] }
  is_current: { description: Whether it still is in it. }
*/
select order_id, status, updated_at as status_since
from stg_orders
