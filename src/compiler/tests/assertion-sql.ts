import type { Scalar } from '../../ir/plain-value.js';
import type { TestAssertion } from '../../ir/project.js';
import { quoteIdentifier, quoteRelation, quoteString } from '../../util/sql-quote.js';

/**
 * The query that returns the failing rows of an assertion over `table`, only among rows that meet `where`.
 * Of `freshness` they are the limits that the newest row exceeds.
 * As in dbt, NULL passes `unique` on one column, `accepted_values`, `relationships` and expressions.
 */
export function assertionSql(
  assertion: TestAssertion,
  table: string,
  typeOf: (column: string) => string,
  where?: string,
): string {
  const rows =
    where === undefined ? quoteRelation(table) : `(from ${quoteRelation(table)} where (\n${where}\n))`;
  const columns = 'columns' in assertion ? assertion.columns.map(quoteIdentifier) : [];
  const [column] = columns;
  switch (assertion.kind) {
    case 'not_null':
      return `select * from ${rows} where ${columns.map((c) => `${c} is null`).join(' or ')}`;
    case 'unique': {
      const list = columns.join(', ');
      const present = columns.length === 1 ? ` where ${column} is not null` : '';
      return `select ${list}, count(*) as row_count from ${rows}${present} group by ${list} having count(*) > 1`;
    }
    case 'accepted_values': {
      const type = typeOf(assertion.columns[0]!);
      const values = assertion.values.filter((value) => value !== null).map((value) => literal(value, type));
      if (values.length === 0) return `select * from ${rows} where ${column} is not null`;
      return `select * from ${rows} where ${column} not in (${values.join(', ')})`;
    }
    case 'relationships': {
      const other = `select 1 from ${quoteRelation(assertion.to)} as parent where parent.${quoteIdentifier(assertion.field)} = child.${column}`;
      return `select child.* from ${rows} as child where child.${column} is not null and not exists (${other})`;
    }
    case 'expression':
      return `select * from ${rows} where not (\n${assertion.expression}\n)`;
    case 'row_count': {
      const { min, max } = assertion;
      const bounds = [
        ...(min === undefined ? [] : [`count(*) < ${min}`]),
        ...(max === undefined ? [] : [`count(*) > ${max}`]),
      ];
      return `select count(*) as row_count from ${rows} having ${bounds.join(' or ') || 'false'}`;
    }
    case 'freshness': {
      const limits = assertion.after.map(quoteString).join(', ');
      const newest = `select max(cast(${column} as timestamptz)) as newest, unnest([${limits}]) as allowed from ${rows}`;
      // As texts, since intervals are shown in many ways.
      const age = "cast(date_trunc('second', now() - newest) as varchar) as age";
      const span = 'cast(allowed as interval)';
      return `select newest, ${age}, allowed from (${newest}) where newest is null or newest < now() - ${span} order by ${span}`;
    }
  }
}

/** Of the column's type, or DuckDB would make that of the column out of whatever the values are. */
function literal(value: Scalar, type: string): string {
  if (typeof value !== 'string') return String(value);
  return type === 'VARCHAR' ? quoteString(value) : `cast(${quoteString(value)} as ${type})`;
}
