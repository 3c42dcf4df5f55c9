import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import { quoteIdentifier, quoteRelation } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';
import { inReadingOrder } from './reading-order.js';
import { parquetScan } from './relation-sql.js';

/**
 * SQL that reads exactly the rows that a table now has in any DuckDB; for a remote lake one with httpfs and a
 * secret. For a table it is one SELECT:
 *
 * ```sql
 * select * from read_parquet(['s3://acme-lake/shop/_etl/data/orders/4f-0.parquet'], hive_partitioning = false);
 * ```
 *
 * For a view it is a script that makes what the view needs first.
 */
export function printSql(version: TableVersion, snapshot: LakeSnapshot, storage: Storage): string {
  const { table } = version;
  if (!version.view) return `${scanSql(version, storage)};\n`;
  const statements = new Set<string>();
  for (const needed of inReadingOrder(snapshot, [table])) {
    const dot = needed.table.indexOf('.');
    if (dot >= 0)
      statements.add(`create schema if not exists ${quoteIdentifier(needed.table.slice(0, dot))}`);
    for (const macro of needed.view?.macros ?? []) statements.add(macro.replace(/;\s*$/, ''));
    // The line break before the semicolon ends a comment that the query may end with.
    const sql = needed.view?.sql ?? scanSql(needed, storage);
    statements.add(`create or replace view ${quoteRelation(needed.table)} as\n${withoutEnd(sql)}\n`);
  }
  statements.add(`from ${quoteRelation(table)}`);
  return [...statements].map((statement) => `${statement};\n`).join('');
}

function scanSql(version: TableVersion, storage: Storage): string {
  return `select * from ${parquetScan(version.files.map((file) => `${storage.url}/${file.path}`))}`;
}
