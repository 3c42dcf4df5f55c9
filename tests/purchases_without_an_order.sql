/* test
description: Visits that ended in a purchase of an order that we don't have.
# Orders whose lines have no quantity are left out. A few are fine.
severity: warn
warn_if: '> 10'
*/
select session_id, order_id, started_at
from fct_sessions
anti join fct_orders using (order_id)
where converted
