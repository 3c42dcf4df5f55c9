import type { SourceTable } from '../ir/project.js';
import type { Connector, ConnectorContext, InspectContext, Lane } from '../ports/connector.js';
import { hash } from '../util/hash.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { contentHash } from './file/content-hash.js';
import { csvSelect } from './file/csv-scan.js';
import type { FilePart, FilePlan } from './file/file-plan.js';
import { jsonSelect } from './file/json-scan.js';
import { type FoundFile, listFiles } from './file/list-files.js';
import { fileSourceOptions, fileTableOptions, readFileOptions } from './file/options.js';
import { parquetSelect } from './file/parquet-plan.js';
import { planFiles } from './file/plan-files.js';
import type { Reading } from './file/scan-columns.js';

/** Changes when the same files would give other columns or rows. */
const readerVersion = '1';

/** Reads files: CSV, TSV, JSON, NDJSON, Parquet and Arrow IPC, plain or compressed. */
export const fileConnector: Connector = {
  name: 'file',
  sourceOptions: fileSourceOptions,
  tableOptions: fileTableOptions,

  async inspect(table, context) {
    const { files, dataKey } = await look(table, context);
    return { dataKey, inputs: files.map((file) => file.path) };
  },

  async describe(table, context) {
    return (await plan(table, context)).plan.schema;
  },

  async read(table, _schema, context): Promise<Lane> {
    const { plan: found, reading } = await plan(table, context);
    const selects = found.parts.map((part) => select(found, part, reading));
    return { kind: 'scan', sql: selects.length > 0 ? selects.join('\nunion all\n') : emptySql(found) };
  },

  async explain() {
    return undefined;
  },
};

async function look(
  table: SourceTable,
  context: InspectContext,
): Promise<{ readonly files: readonly FoundFile[]; readonly dataKey: string; readonly reading: Reading }> {
  const options = readFileOptions(table);
  const files = await listFiles(table, options, context.rootDir);
  const hashes = await mapConcurrently(files, 4, (file) => contentHash(file.absolute, context));
  const parts = files.flatMap((file, i) => [file.path, hashes[i]!]);
  const dataKey = hash('file', readerVersion, JSON.stringify(options), ...parts);
  return { files, dataKey, reading: { options, rootDir: context.rootDir } };
}

async function plan(
  table: SourceTable,
  context: ConnectorContext,
): Promise<{ readonly plan: FilePlan; readonly reading: Reading }> {
  const { files, dataKey, reading } = await look(table, context);
  const known = context.memo?.get<FilePlan>('file-plan', dataKey);
  if (known) return { plan: known, reading };
  const found = await planFiles(table, files, reading, context);
  context.memo?.set('file-plan', dataKey, found);
  return { plan: found, reading };
}

function select(found: FilePlan, part: FilePart, reading: Reading): string {
  switch (part.kind) {
    case 'csv':
      return csvSelect(found, part, reading);
    case 'json':
      return jsonSelect(found, part, reading);
    case 'parquet':
      return parquetSelect(found, part, reading);
    case 'arrow':
      throw new Error('Arrow files are not read yet.');
  }
}

/** No rows, with the right columns. */
function emptySql({ schema }: FilePlan): string {
  const columns = schema.columns.map((c) => `cast(null as ${c.type}) as ${quoteIdentifier(c.name)}`);
  return `select ${columns.join(', ')} where false`;
}
