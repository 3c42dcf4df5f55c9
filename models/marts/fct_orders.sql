/* model
description: One row per order, in US dollars, with its buyer's region and the visit that led to it.
partition_by: [order_month]
publish: true
tags: [mart, finance]
columns:
  order_id: { description: Primary key., tests: [not_null, unique] }
  region: { description: Unknown for guests and for customers without a country., tests: [not_null] }
  net_usd: { description: 'What the goods cost after discounts, without shipping.' }
  order_number: { description: 1 for the customer's first order; NULL where it doesn't count. }
  channel: { description: NULL where no visit was tracked. }
  order_month: { description: 'Year and month of ordered_on, such as 2025-03.', tests: [not_null] }
tests:
  - net_usd = gross_usd - discount_usd
  - expression: net_usd > 0
    name: no_free_orders
    where: status <> 'cancelled'
    severity: warn
  - row_count: { min: 10000, max: 100000 }
*/
select
  orders.order_id,
  orders.customer_id,
  orders.status,
  orders.ordered_at,
  orders.ordered_on,
  countries.country_name,
  coalesce(countries.region, 'Unknown') as region,
  orders.currency,
  orders.coupon,
  orders.line_count,
  orders.unit_count,
  orders.gross_usd,
  orders.discount_usd,
  orders.net_usd,
  orders.shipping_usd,
  history.order_number,
  history.days_since_previous,
  sessions.channel,
  strftime(orders.ordered_on, '%Y-%m') as order_month
from int_orders_priced as orders
left join stg_customers as customers using (customer_id)
left join countries using (country_code)
left join int_customer_orders as history on history.order_id = orders.order_id
left join int_sessions as sessions on sessions.order_id = orders.order_id
