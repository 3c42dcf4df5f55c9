/* model
description: Orders as they were last known, one row each.
columns:
  order_id: { description: Primary key., tests: [not_null, unique] }
  customer_id:
    description: NULL for guests.
    tests:
      # Some customers were deleted. A few are fine, many are a broken export.
      - relationships:
          to: stg_customers
          field: customer_id
          warn_if: '> 20'
          error_if: '> 200'
  status: { tests: [not_null, { accepted_values: [placed, shipped, delivered, returned, cancelled] }] }
  ordered_at: { description: In UTC. }
  ordered_on: { description: The day in the shop's own time zone. }
tests:
  - row_count: { min: 1 }
  - updated_at >= ordered_at
*/
select
  order_id,
  customer_id,
  order_status(status) as status,
  ordered_at at time zone 'UTC' as ordered_at,
  cast(ordered_at at time zone ${vars.shop_time_zone} as date) as ordered_on,
  upper(currency) as currency,
  shipping_cents,
  upper(coupon) as coupon,
  updated_at at time zone 'UTC' as updated_at
from ${latestBy(source('shop', 'orders'), { key: 'order_id', orderBy: 'updated_at' })} as o
