import { type Expression, sql } from 'parquetry';

/** A column by name, such as `i.price_cents`, or any SQL expression. */
type Value = string | Expression<unknown>;

/** Whole cents as an exact decimal amount: `1999` becomes `19.99`. */
export function centsToAmount(cents: Value) {
  return sql`cast(${expression(cents)} * 0.01 as decimal(18, 2))`;
}

/** Cents of any currency as dollars, rounded to whole cents. `usdRate` says how many dollars one unit costs. */
export function centsToUsd(cents: Value, usdRate: Value) {
  return sql`cast(round(${expression(cents)} * 0.01 * ${expression(usdRate)}, 2) as decimal(18, 2))`;
}

function expression(value: Value) {
  return typeof value === 'string' ? sql.ref(value) : value;
}
