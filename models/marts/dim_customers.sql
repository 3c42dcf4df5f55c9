/* model
description: One row per customer, with what they bought so far.
columns:
  customer_id: { description: Primary key., tests: [not_null, unique] }
  lifetime_usd: { description: Orders that were neither cancelled nor returned. }
  segment: { tests: [{ accepted_values: [prospect, one-time, regular, vip] }] }
*/
with orders as (
  select
    customer_id,
    min(ordered_on) as first_order_on,
    max(ordered_on) as last_order_on,
    count(*) as order_count,
    sum(net_usd) as lifetime_usd
  from int_customer_orders
  group by customer_id
)
select
  customer_id,
  full_name,
  email,
  country_name,
  coalesce(region, 'Unknown') as region,
  signed_up_at,
  newsletter,
  first_order_on,
  last_order_on,
  coalesce(order_count, 0) as order_count,
  cast(coalesce(lifetime_usd, 0) as decimal(18, 2)) as lifetime_usd,
  case
    when order_count is null then 'prospect'
    when lifetime_usd >= ${vars.vip_from_usd} then 'vip'
    when order_count = 1 then 'one-time'
    else 'regular'
  end as segment
from stg_customers
left join countries using (country_code)
left join orders using (customer_id)
