/* model
description: How many visits got how far, by month, device and channel.
tests:
  - unique: [session_month, device, channel]
  - bought <= filled_a_cart and filled_a_cart <= saw_a_product
*/
select
  session_month,
  device,
  channel,
  count(*) as sessions,
  count(*) filter (where product_view_count > 0) as saw_a_product,
  count(*) filter (where add_to_cart_count > 0) as filled_a_cart,
  count(*) filter (where converted) as bought,
  share(bought, sessions) as conversion_rate
from fct_sessions
group by session_month, device, channel
