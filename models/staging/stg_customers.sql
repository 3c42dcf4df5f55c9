/* model
description: Customers as they were last known, one row each.
columns:
  customer_id: { description: Primary key., tests: [not_null, unique] }
  email:
    description: Lower case.
    tests:
      - unique
      # Some customers never gave one. A few are fine, many are a broken export.
      - not_null: { severity: warn, warn_if: '> 100' }
  country_code:
    description: ISO 3166-1 alpha-2.
    tests: [{ relationships: { to: countries, field: country_code } }]
  signed_up_at: { description: In UTC. }
*/
select
  customer_id,
  clean_text(full_name) as full_name,
  lower(clean_text(email)) as email,
  -- The shop says UK, the standard says GB.
  replace(upper(clean_text(country)), 'UK', 'GB') as country_code,
  signed_up_at at time zone 'UTC' as signed_up_at,
  lower(newsletter) in ('true', 'yes', 'y') as newsletter,
  updated_at at time zone 'UTC' as updated_at
from ${latestBy(source('shop', 'customers'), { key: 'customer_id', orderBy: 'updated_at' })} as c
