import type { EngineStream } from '../ports/engine.js';
import type { RowFormat } from '../reporters/row-formats.js';
import type { Cli } from './cli.js';
import { type ExitCode, type Flag, UsageError } from './command.js';

type FileFormat = 'parquet' | 'arrow';

/** How rows are written. */
export const rowFlags = {
  format: {
    flags: '--format <form>',
    help: 'table for people; csv, json, ndjson, parquet or arrow for programs',
    choices: ['table', 'csv', 'json', 'ndjson', 'parquet', 'arrow'],
    default: 'table',
  } as Flag<RowFormat | FileFormat>,
};

interface RowSource {
  rows(): Promise<EngineStream & { close(): void | Promise<void> }>;
  file(format: FileFormat): Promise<AsyncIterable<Uint8Array>>;
}

/** Writes the rows of a query to standard output, in the form that was asked for. */
export async function writeRows(
  cli: Cli,
  format: RowFormat | FileFormat,
  source: RowSource,
): Promise<ExitCode> {
  if (format === 'parquet' || format === 'arrow') {
    if (cli.stdout.isTTY) {
      throw new UsageError(`--format ${format} is not for a terminal: add > rows.${format}`);
    }
    await writeAll(cli, await source.file(format));
    return 0;
  }
  const { rowFormats } = await import('../reporters/row-formats.js');
  const rows = await source.rows();
  try {
    await writeAll(cli, rowFormats[format](rows, cli.style('stdout')));
  } finally {
    await rows.close();
  }
  return 0;
}

/** Writes as fast as it is read, and stops when nobody reads any more. */
async function writeAll(cli: Cli, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    cli.stdout.write(piece);
    if (!(await cli.stdout.ready())) return;
  }
}
