import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../ir/project.js';
import type { LandedPieces } from '../ir/table-version.js';
import type { Connector, ConnectorContext, InspectContext } from '../ports/connector.js';
import { hash } from '../util/hash.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { explained, explainUnreadable } from './file/bad-rows.js';
import { checkComplete } from './file/check-complete.js';
import { contentHash } from './file/content-hash.js';
import type { FilePlan } from './file/file-plan.js';
import { type FoundFile, listFiles } from './file/list-files.js';
import { fileSourceOptions, fileTableOptions, readFileOptions } from './file/options.js';
import { planFiles } from './file/plan-files.js';
import { readLane } from './file/read-lane.js';
import type { Reading } from './file/scan-columns.js';

/** Changes when the same files would give other columns or rows. */
const readerVersion = '1';

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
    const { plan: found, reading } = await plan(table, context);
    return readLane(table, withPieces(only(found, context.only), context.pieceColumn), reading, context);
  },

  async explain(error, table, context) {
    const { plan: found, reading } = await plan(table, context);
    const diagnostic = await explainUnreadable(error, table, found, reading, context.connection);
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

async function look(
  table: SourceTable,
  context: InspectContext,
): Promise<{
  readonly files: readonly FoundFile[];
  readonly dataKey: string;
  readonly pieces: LandedPieces;
  readonly reading: Reading;
}> {
  const options = readFileOptions(table);
  try {
    const files = await listFiles(table, options, context.rootDir);
    const hashes = await mapConcurrently(files, 4, (file) => contentHash(file.absolute, context));
    const parts = files.flatMap((file, i) => [file.path, hashes[i]!]);
    const dataKey = hash('file', readerVersion, JSON.stringify(options), ...parts);
    const pieces = {
      // Another glob finds other files and reads each as before.
      reader: hash('file', readerVersion, JSON.stringify({ ...options, path: [] })),
      pieces: Object.fromEntries(files.map((file, i) => [file.path, hashes[i]!])),
    };
    return { files, dataKey, pieces, reading: { options, rootDir: context.rootDir } };
  } catch (error) {
    // Such as EACCES, or a file that was removed in between.
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
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
): Promise<{ readonly plan: FilePlan; readonly reading: Reading }> {
  const { files, dataKey, reading } = await look(table, context);
  const known = context.memo?.get<FilePlan>('file-plan', dataKey);
  if (known) return { plan: known, reading };
  await mapConcurrently(files, 2, (file) => checkComplete(table, file));
  const found = await explained(table, noPlan, reading, context.connection, () =>
    planFiles(table, files, reading, context),
  );
  context.memo?.set('file-plan', dataKey, found);
  return { plan: found, reading };
}

const noPlan: FilePlan = { schema: { columns: [] }, parts: [], partitionColumns: [] };
