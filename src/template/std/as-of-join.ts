import type { RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';
import {
  asList,
  type ColumnOf,
  knownColumns,
  type OneOrMany,
  type Rows,
  refuseCollisions,
} from './column-names.js';

export interface AsOfJoinOptions<Left, Right, Columns extends ColumnOf<Right>> {
  /** Columns of the same name on both sides that must be equal. */
  readonly key: OneOrMany<ColumnOf<Left> & ColumnOf<Right>>;
  /** When the left row happened. */
  readonly at: ColumnOf<Left>;
  /** Since when the right row holds. */
  readonly validFrom: ColumnOf<Right>;
  /** Until when it holds, exclusive; NULL means that it still does. Default: until the next one starts. */
  readonly validTo?: ColumnOf<Right>;
  /** Columns of the right side to add. */
  readonly columns: readonly Columns[];
}

/**
 * Every left row with the values of a slowly changing dimension as they were when it happened; NULL where
 * there were none. Rows are neither lost nor multiplied. A column that the left side has already is an error.
 *
 * `from ${asOfJoin(ref('orders'), ref('customer_history'), { key: 'customer_id', at: 'ordered_at',
 * validFrom: 'valid_from', validTo: 'valid_to', columns: ['tier'] })}`
 */
export function asOfJoin<Left, Right, Columns extends ColumnOf<Right>>(
  left: Rows<Left>,
  right: Rows<Right>,
  options: AsOfJoinOptions<Left, Right, Columns>,
): RawBuilder<Left & { [Name in Columns]: Right[Name] | null }> {
  const keyNames = asList<string>(options.key);
  refuseCollisions(
    'asOfJoin',
    options.columns,
    [...keyNames, options.at, ...knownColumns(left)],
    'rename it in a query on one of the sides.',
  );
  const at = sql.id('l', options.at);
  const stillHolds =
    options.validTo === undefined
      ? undefined
      : sql`${sql.id('r', options.validTo)} is null or ${at} < ${sql.id('r', options.validTo)}`;
  const added = options.columns.map((name) => {
    const value = sql.id('r', name);
    return stillHolds
      ? sql`case when ${stillHolds} then ${value} end as ${sql.id(name)}`
      : sql`${value} as ${sql.id(name)}`;
  });
  const keys = keyNames.map((name) => sql`${sql.id('l', name)} = ${sql.id('r', name)}`);
  const conditions = [...keys, sql`${at} >= ${sql.id('r', options.validFrom)}`];
  const columns = sql.join([sql`l.*`, ...added]);
  const on = sql.join(conditions, sql` and `);
  return sql`(select ${columns} from ${left} as l asof left join ${right} as r on ${on})`;
}
