/* test
description: An order is worth what its lines are worth.
*/
select orders.order_id, orders.net_usd, sum(items.net_usd) as net_usd_of_lines
from fct_orders as orders
join int_order_items_priced as items using (order_id)
group by orders.order_id, orders.net_usd
having orders.net_usd <> net_usd_of_lines
