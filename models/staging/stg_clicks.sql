/* model
description: One row per event, flat. The tracker delivers at least once, so equal rows are one event.
event_time: occurred_at
columns:
  event_id: { description: Primary key., tests: [not_null, unique] }
  event_type:
    tests: [not_null, { accepted_values: [page_view, product_view, add_to_cart, checkout, purchase] }]
  customer_id: { description: NULL until the visitor logs in. }
  channel: { description: Where the visit came from; only on its first event. }
*/
select distinct
  id as event_id,
  type as event_type,
  make_timestamp_ms(ts) as occurred_at,
  visitor.id as visitor_id,
  visitor.user_id as customer_id,
  device.kind as device,
  device.os as operating_system,
  page.path as path,
  lower(page.utm.source) as channel,
  list_transform(products, lambda product: product.sku) as skus,
  order_id
from web.clicks
