import type { ManifestNode } from '../ir/manifest.js';
import type { DataFile } from '../ir/table-version.js';
import type { Column } from '../schema/table-schema.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import type { EarlierRows } from './earlier-rows.js';
import { sameKey } from './touched-files.js';

/** Each scan takes half a millisecond to plan; so many small files would lose by it. */
const mostScans = 256;
/** Files of a remote lake are downloaded by their scans. */
const mostDownloads = 16;

/** The rows of these files that no row of the relation `fresh` replaces, with the columns that the table has now. */
export async function keptRows(
  files: readonly DataFile[],
  { scan, columnOf }: EarlierRows,
  keys: readonly Column[],
  fresh: string,
  { schema }: Pick<ManifestNode, 'schema'>,
): Promise<string> {
  // DuckDB knows between which values the columns of one file lie, not those of several: it sorts rows made small.
  const scans = files.length <= mostScans ? files.map((file) => [file]) : [files];
  const rows = (await mapConcurrently(scans, mostDownloads, scan)).map((sql) => `from ${sql}`);
  const columns = schema.columns.map(({ name }) => quoteIdentifier(name));
  const kept = `select ${columns.join(', ')} from (${rows.join(' union all ')}) as old`;
  if (keys.length === 0 || !keys.every((key) => columnOf(key))) return kept;
  return `${kept} where not exists (select 1 from ${fresh} as new where ${sameKey(keys, 'old', 'new')})`;
}
