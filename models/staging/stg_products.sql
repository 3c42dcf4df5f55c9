/* model
description: The catalogue.
columns:
  product_id: { description: Primary key., tests: [not_null, unique] }
  sku: { tests: [not_null, unique] }
  weight_kg: { description: NULL where nobody weighed it. }
*/
select
  product_id,
  sku,
  name as product_name,
  category,
  tags,
  ${centsToAmount('list_price_cents')} as list_price_usd,
  weight_grams / 1000 as weight_kg,
  size_cm.width * size_cm.height * size_cm.depth / 1000 as volume_litres,
  active,
  created_on
from shop.products
