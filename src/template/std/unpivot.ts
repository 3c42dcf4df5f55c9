import type { RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';
import {
  type ColumnOf,
  columnList,
  knownColumns,
  type Rows,
  refuseCollisions,
  refuseEmpty,
} from './column-names.js';

export interface UnpivotOptions<
  Row,
  Columns extends ColumnOf<Row>,
  Name extends string,
  Value extends string,
> {
  /** Columns that become rows. */
  readonly columns: readonly Columns[];
  /** The new column that holds the old columns' names. Default: `name`. */
  readonly name?: Name;
  /** The new column that holds their values. Default: `value`. */
  readonly value?: Value;
  /** Whether NULL makes a row too. Default: true. */
  readonly includeNulls?: boolean;
}

/**
 * Turns columns into rows; all other columns are repeated. A new column that is named like one of them is an error.
 *
 * `from ${unpivot(ref('monthly'), { columns: ['jan', 'feb'], name: 'month', value: 'amount' })}` →
 * `from (select * from "monthly" unpivot include nulls ("amount" for "month" in ("jan", "feb")))`
 */
export function unpivot<
  Row,
  Columns extends ColumnOf<Row>,
  Name extends string = 'name',
  Value extends string = 'value',
>(
  rows: Rows<Row>,
  options: UnpivotOptions<Row, Columns, Name, Value>,
): RawBuilder<Omit<Row, Columns> & Record<Name, string> & Record<Value, Row[Columns]>> {
  const { columns, name = 'name', value = 'value', includeNulls = true } = options;
  refuseEmpty('unpivot', 'columns', columns);
  const unpivoted = new Set(columns.map((column) => column.toLowerCase()));
  const repeated = knownColumns(rows).filter((column) => !unpivoted.has(column.toLowerCase()));
  const hint = 'choose other names for the new columns: { name, value }.';
  refuseCollisions('unpivot', [name, value], repeated, hint);
  const nulls = sql.raw(includeNulls ? 'include nulls ' : '');
  return sql`(select * from ${rows} unpivot ${nulls}(${sql.id(value)} for ${sql.id(name)} in (${columnList(columns)})))`;
}
