import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { type ReadProjectOptions, readProject } from './read-project.js';

/** For tests: writes files into a new temporary folder, which goes with the test, and returns it. */
export async function writeProject(files: Readonly<Record<string, string>>): Promise<string> {
  const rootDir = await folderOfTest('parquetry-project');
  for (const [path, text] of Object.entries({ 'etl.yml': 'name: shop\n', ...files })) {
    await mkdir(dirname(join(rootDir, path)), { recursive: true });
    await writeFile(join(rootDir, path), text);
  }
  return rootDir;
}

export const connectors: ReadProjectOptions['connectors'] = [
  {
    name: 'file',
    sourceOptions: z.strictObject({ on_bad_row: z.enum(['fail', 'quarantine']).optional() }),
    tableOptions: z.strictObject({
      path: z.string(),
      on_bad_row: z.enum(['fail', 'quarantine']).default('fail'),
      columns: z.record(z.string(), z.string()).optional(),
    }),
  },
  {
    name: 'postgres',
    sourceOptions: z.strictObject({
      connection: z
        .string()
        .refine((value) => value.startsWith('postgres://'), 'must begin with postgres://'),
      pool: z.int().optional(),
    }),
    tableOptions: z.strictObject({ query: z.string().optional() }),
  },
];

/** For tests: writes and reads a project. */
export async function readFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<ReadProjectOptions> = {},
) {
  const rootDir = await writeProject(files);
  const materializations = ['view', 'table', 'ephemeral', 'seed', 'incremental'];
  const { value, diagnostics } = await readProject({
    rootDir,
    env: {},
    connectors,
    materializations,
    ...options,
  });
  return { rootDir, project: value!, diagnostics, problems: diagnostics.map(line) };
}

/** `file:line:column code: message (hint)`. */
export function line({ span, code, message, hint }: Diagnostic): string {
  const place = span ? `${span.file}:${span.start.line}:${span.start.column} ` : '';
  return `${place}${code}: ${message}${hint ? ` (${hint})` : ''}`;
}
