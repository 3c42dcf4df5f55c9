import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import type { ConnectorContext } from '../../ports/connector.js';
import { mapConcurrently } from '../../util/map-concurrently.js';
import type { FoundFile } from './list-files.js';
import { openBytes } from './open-bytes.js';
import { copyPath, type Reading } from './scan-columns.js';
import { decodeText } from './text-encoding.js';

/**
 * Copies text files that DuckDB cannot read as they are: CSV in another encoding than UTF-8, of which it knows only a
 * part, and JSON with a byte order mark. What is returned reads the copies instead.
 *
 * @param key tells these files' contents and options from all others that the temporary folder may have copies of
 */
export async function withUtf8Copies(
  table: SourceTable,
  files: readonly FoundFile[],
  reading: Reading,
  key: string,
  { tempDir, signal }: Pick<ConnectorContext, 'tempDir' | 'signal'>,
): Promise<{ readonly files: readonly FoundFile[]; readonly reading: Reading }> {
  const { encoding } = reading.options;
  const dir = join(tempDir, `utf8-${key}`);
  const paths = new Set<string>();
  const read = await mapConcurrently(files, 2, async (file): Promise<FoundFile> => {
    if (!(await needsCopy(file, encoding))) return file;
    const absolute = copyPath(file.path, dir);
    paths.add(file.path);
    if (!(await exists(absolute))) await copy(table, file, encoding, absolute, signal);
    return { ...file, absolute, compression: 'none' };
  });
  return paths.size === 0
    ? { files, reading }
    : { files: read, reading: { ...reading, copies: { dir, paths } } };
}

type Encoding = Reading['options']['encoding'];

async function needsCopy(file: FoundFile, encoding: Encoding): Promise<boolean> {
  switch (file.format) {
    case 'csv':
    case 'tsv':
      return encoding !== 'utf-8';
    case 'json':
    case 'ndjson':
      return startsWithMark(file);
    default:
      return false;
  }
}

async function startsWithMark(file: FoundFile): Promise<boolean> {
  let head = Buffer.alloc(0);
  for await (const bytes of openBytes(file)) {
    head = Buffer.concat([head, bytes.subarray(0, 3)]);
    if (head.length >= 3) break;
  }
  return head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
}

async function copy(
  table: SourceTable,
  file: FoundFile,
  encoding: Encoding,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const from = file.format === 'csv' || file.format === 'tsv' ? encoding : 'utf-8';
  const unfinished = `${target}.${process.hrtime.bigint()}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    await pipeline(decodeText(openBytes(file), from), createWriteStream(unfinished), { signal });
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new DiagnosticError(
      [
        errorDiagnostic('land/unreadable', `${file.path} is not valid ${from}.`, {
          span: table.configSpans.encoding ?? table.span,
        }),
      ],
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
