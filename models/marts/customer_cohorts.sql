/* model
description: Of the customers who first bought in a month, how many bought again in each month after it.
tests:
  - unique: [cohort, months_later]
  - retention between 0 and 1
*/
with first_orders as (
  select customer_id, cast(date_trunc('month', ordered_on) as date) as cohort
  from int_customer_orders
  where order_number = 1
),
activity as (
  select
    cohort,
    date_diff('month', cohort, ordered_on) as months_later,
    count(distinct customer_id) as active_customers,
    sum(net_usd) as net_usd
  from int_customer_orders
  join first_orders using (customer_id)
  group by cohort, months_later
)
select
  cohort,
  months_later,
  active_customers,
  share(active_customers, first(active_customers) over (partition by cohort order by months_later)) as retention,
  cast(net_usd as decimal(18, 2)) as net_usd
from activity
