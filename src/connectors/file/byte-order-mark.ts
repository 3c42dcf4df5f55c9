import { resolve } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../../diagnostics/diagnostic.js';
import type { SourceTable } from '../../ir/project.js';
import type { FilePart } from './file-plan.js';
import { openBytes } from './open-bytes.js';
import type { Reading } from './scan-columns.js';

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** JSON has no byte order mark, and DuckDB stumbles over one in ways that do not name it. Looked for when reading failed. */
export async function markedJson(
  table: SourceTable,
  parts: readonly FilePart[],
  { rootDir }: Reading,
): Promise<Diagnostic | undefined> {
  for (const part of parts) {
    if (part.kind !== 'json') continue;
    for (const path of part.files) {
      const { compression } = part;
      const file = { path, absolute: resolve(rootDir, path), format: 'json' as const, compression };
      if (!(await beginsWithMark(file))) continue;
      return errorDiagnostic(
        'land/unreadable',
        `${path}:1 begins with a byte order mark, which JSON may not have.`,
        {
          span: table.span,
          hint: 'save it as UTF-8 without one',
        },
      );
    }
  }
  return undefined;
}

async function beginsWithMark(file: Parameters<typeof openBytes>[0]): Promise<boolean> {
  try {
    for await (const bytes of openBytes(file)) return mark.equals(bytes.subarray(0, mark.length));
  } catch {
    // Then that is what is wrong with it.
  }
  return false;
}
