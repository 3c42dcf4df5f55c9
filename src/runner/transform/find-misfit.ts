import type { EngineConnection } from '../../ports/engine.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { shown } from './misfit.js';
import { TransformOutputError } from './transform-output-error.js';

/** A temporary table that rows of a transform were stored in. */
export interface StagedTable {
  readonly name: string;
  /** How many rows are in the tables before it. */
  readonly before: number;
  /** SQL that makes the declared columns out of its own. */
  readonly values: readonly StagedValue[];
}

export interface StagedValue {
  readonly column: string;
  readonly declared: string;
  /** The value as its declared type, without a name. */
  readonly sql: string;
}

/** Says which value cannot be cast to its column's type, after reading all of them failed; undefined if all can. */
export async function findMisfit(
  tables: readonly StagedTable[],
  connection: EngineConnection,
): Promise<TransformOutputError | undefined> {
  for (const table of tables) {
    for (const value of table.values) {
      const found = await misfitIn(table, value, connection);
      if (found) return found;
    }
  }
  return undefined;
}

async function misfitIn(
  { name, before }: StagedTable,
  { column, declared, sql }: StagedValue,
  connection: EngineConnection,
): Promise<TransformOutputError | undefined> {
  const quoted = quoteIdentifier(column);
  const [found] = await connection.rows(
    `select rowid as "row", cast(${quoted} as varchar) as "value" from ${quoteIdentifier(name)} ` +
      `where ${quoted} is not null and try(${sql}) is null order by rowid limit 1`,
  );
  if (!found) return undefined;
  const row = (before + Number(found.row) + 1).toLocaleString('en');
  return new TransformOutputError(
    `Row ${row} has ${shown(found.value)} in column "${column}", which is ${declared}.`,
  );
}
