-- Plain DuckDB macros: every model may call them.

-- Trimmed text, or NULL when nothing is left of it.
create macro clean_text(value) as nullif(trim(value), '');

-- The one spelling of an order's status.
create macro order_status(status) as case lower(trim(status))
  when 'canceled' then 'cancelled'
  else lower(trim(status))
end;

-- A part of a whole, NULL where there is no whole.
create macro share(part, whole) as round(part / nullif(whole, 0), 4);

-- Every day from the first to the last, both included.
create macro days_between(first_day, last_day) as table
  select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day;
