import { resolve } from 'node:path';
import type { RecordBatch } from 'apache-arrow';
import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import type { BatchLoad, ConnectorContext } from '../../ports/connector.js';
import { duckdbTypeOf } from '../../schema/arrow-type.js';
import type { Column } from '../../schema/table-schema.js';
import { hash } from '../../util/hash.js';
import { quoteIdentifier, quoteString } from '../../util/sql-quote.js';
import { openArrow } from './arrow-reader.js';
import type { FilePlan, TypedPart } from './file-plan.js';
import type { FoundFile } from './list-files.js';
import { pathColumn, pathSettings, typedSelectList } from './scan-columns.js';

/** Groups Arrow files by their schema. */
export async function planArrow(
  table: SourceTable,
  files: readonly FoundFile[],
  context: ConnectorContext,
): Promise<readonly TypedPart[]> {
  const parts = new Map<string, TypedPart & { files: string[] }>();
  for (const file of files) {
    const columns = await columnsOf(table, file, context);
    const shape = JSON.stringify([columns, file.compression]);
    const part = parts.get(shape);
    if (part) part.files.push(file.path);
    else parts.set(shape, { kind: 'arrow', compression: file.compression, columns, files: [file.path] });
  }
  return [...parts.values()];
}

async function columnsOf(
  table: SourceTable,
  file: FoundFile,
  { tempDir }: ConnectorContext,
): Promise<readonly Column[]> {
  const { reader, close } = await openArrow(file, tempDir).catch((error) => {
    throw unreadable(table, file, error);
  });
  await close();
  return reader.schema.fields.map((field) => {
    const type = duckdbTypeOf(field.type);
    if (type !== undefined) return { name: field.name, type };
    throw new DiagnosticError([
      errorDiagnostic(
        'compile/unsupported-type',
        `Column "${field.name}" of ${file.path} is ${field.type} in Arrow, which has no exact form here.`,
        { span: table.span, hint: 'write it as text, or leave it out of the file' },
      ),
    ]);
  });
}

/** The batches of a part, and a SELECT of the plan's columns from the tables that they are loaded into. */
export function arrowSelect(
  table: SourceTable,
  plan: FilePlan,
  part: TypedPart,
  context: ConnectorContext,
): { readonly sql: string; readonly loads: readonly BatchLoad[] } {
  const list = typedSelectList(plan, part, context);
  const needsPath = pathSettings(plan).length > 0;
  const groups = needsPath ? part.files.map((file) => [file]) : [part.files];
  const loads = groups.map((files) => ({
    table: `_parquetry_arrow_${hash(table.name, ...files)}`,
    schema: { columns: part.columns },
    batches: batchesOf(table, part, files, context),
  }));
  const selects = loads.map((load, i) => {
    const path = quoteString(resolve(context.rootDir, groups[i]![0]!));
    const name = quoteIdentifier(load.table);
    return `select ${list} from ${needsPath ? `(select *, ${path} as ${pathColumn} from ${name})` : name}`;
  });
  return { sql: selects.join('\nunion all\n'), loads };
}

async function* batchesOf(
  table: SourceTable,
  { compression }: TypedPart,
  paths: readonly string[],
  { rootDir, tempDir, signal }: ConnectorContext,
): AsyncGenerator<RecordBatch> {
  for (const path of paths) {
    const file: FoundFile = { path, absolute: resolve(rootDir, path), format: 'arrow', compression };
    const { reader, close } = await openArrow(file, tempDir);
    try {
      for await (const batch of reader) {
        signal.throwIfAborted();
        yield batch;
      }
    } catch (error) {
      throw signal.aborted ? error : unreadable(table, file, error);
    } finally {
      await close();
    }
  }
}

function unreadable(table: SourceTable, { path }: FoundFile, cause: unknown): DiagnosticError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DiagnosticError(
    [
      errorDiagnostic('land/unreadable', `${path} cannot be read as Arrow IPC: ${reason}`, {
        span: table.span,
      }),
    ],
    { cause },
  );
}
