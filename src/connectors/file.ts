import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../ir/project.js';
import type { LandedPieces } from '../ir/table-version.js';
import type { Connector, ConnectorContext, InspectContext } from '../ports/connector.js';
import { hash } from '../util/hash.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { explained, explainUnreadable } from './file/bad-rows.js';
import { checkComplete } from './file/check-complete.js';
import { contentHash, IrregularFileError } from './file/content-hash.js';
import type { FilePlan } from './file/file-plan.js';
import { type FoundFile, listFiles } from './file/list-files.js';
import { type FileOptions, fileSourceOptions, fileTableOptions, readFileOptions } from './file/options.js';
import { planFiles } from './file/plan-files.js';
import { readLane } from './file/read-lane.js';
import type { Reading } from './file/scan-columns.js';
import { withUtf8Copies } from './file/utf8-copies.js';

/** Changes when the same files would give other columns or rows; of files that it reads as before, the key stays. */
function readerVersion({ encoding }: FileOptions, files: readonly FoundFile[]): string {
  const differs = encoding === 'utf-16' || files.some((file) => /[*?[]/.test(file.path));
  return differs ? '2' : '1';
}

/** Reads files: CSV, TSV, JSON, NDJSON, Parquet and Arrow IPC, plain or compressed. */
export const fileConnector: Connector = {
  name: 'file',
  sourceOptions: fileSourceOptions,
  tableOptions: fileTableOptions,

  async inspect(table, context) {
    const { files, dataKey, pieces } = await look(table, context);
    return { dataKey, inputs: files.map((file) => file.path), pieces };
  },

  async describe(table, context) {
    return (await plan(table, context)).plan.schema;
  },

  async read(table, _schema, context) {
    const { plan: found, reading, files, dataKey } = await plan(table, context);
    const chosen = files.filter((file) => context.only?.has(file.path) ?? true);
    const prepared = await withUtf8Copies(table, chosen, reading, dataKey, context);
    const pieces = withPieces(only(found, context.only), context.pieceColumn);
    return readLane(table, pieces, prepared.reading, context);
  },

  async explain(error, table, context) {
    const { plan: found, reading, files, dataKey } = await plan(table, context);
    const prepared = await withUtf8Copies(table, files, reading, dataKey, context);
    const diagnostic = await explainUnreadable(error, table, found, prepared.reading, context.connection);
    return diagnostic && [diagnostic];
  },
};

/** The part of a plan that reads these files. */
function only(plan: FilePlan, files: ReadonlySet<string> | undefined): FilePlan {
  if (!files) return plan;
  const parts = plan.parts.flatMap((part) => {
    const chosen = part.files.filter((file) => files.has(file));
    return chosen.length > 0 ? [{ ...part, files: chosen }] : [];
  });
  return { ...plan, parts };
}

function withPieces(plan: FilePlan, pieceColumn: string | undefined): FilePlan {
  if (pieceColumn === undefined) return plan;
  const columns = [...plan.schema.columns, { name: pieceColumn, type: 'VARCHAR' }];
  return { ...plan, schema: { columns }, pieceColumn };
}

interface Seen {
  readonly files: readonly FoundFile[];
  readonly dataKey: string;
  readonly pieces: LandedPieces;
  readonly reading: Reading;
}

async function look(table: SourceTable, context: InspectContext): Promise<Seen> {
  const options = readFileOptions(table);
  try {
    const files = await listFiles(table, options, context.rootDir);
    const hashes = await mapConcurrently(files, 4, (file) => contentHash(file.absolute, context));
    const parts = files.flatMap((file, i) => [file.path, hashes[i]!]);
    const dataKey = hash('file', readerVersion(options, files), JSON.stringify(options), ...parts);
    const pieces = {
      // Another glob finds other files and reads each as before.
      reader: hash('file', readerVersion(options, files), JSON.stringify({ ...options, path: [] })),
      pieces: Object.fromEntries(files.map((file, i) => [file.path, hashes[i]!])),
    };
    return { files, dataKey, pieces, reading: { options, rootDir: context.rootDir } };
  } catch (error) {
    // Such as EACCES, or a file that was removed in between.
    const { code, syscall } = error as NodeJS.ErrnoException;
    const isOfFiles = error instanceof IrregularFileError || (code !== undefined && syscall !== undefined);
    if (!isOfFiles) throw error;
    const message = (error as Error).message.replaceAll(`${context.rootDir}/`, '');
    throw new DiagnosticError(
      [errorDiagnostic('land/unreadable', `${table.name} cannot be read: ${message}`, { span: table.span })],
      { cause: error },
    );
  }
}

async function plan(
  table: SourceTable,
  context: ConnectorContext,
): Promise<Seen & { readonly plan: FilePlan }> {
  const seen = await look(table, context);
  const { files, dataKey } = seen;
  const known = context.memo?.get<FilePlan>('file-plan', dataKey);
  if (known) return { ...seen, plan: known };
  await mapConcurrently(files, 2, (file) => checkComplete(table, file));
  const { files: prepared, reading } = await withUtf8Copies(table, files, seen.reading, dataKey, context);
  const found = await explained(table, noPlan, reading, context.connection, () =>
    planFiles(table, prepared, reading, context),
  );
  context.memo?.set('file-plan', dataKey, found);
  return { ...seen, plan: found };
}

const noPlan: FilePlan = { schema: { columns: [] }, parts: [], partitionColumns: [] };
