import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { beforeEach, expect } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { hash } from '../util/hash.js';
import { expandModels } from './expand-models.js';
import type { ExpandOptions, ModelTemplate } from './expand-options.js';

type Files = Readonly<Record<string, string>>;

/** For tests: expands the models among files in a folder and with a memo that are new for each test. */
export function useTemplates() {
  let rootDir: string;
  let memo: ExpandOptions['memo'];
  beforeEach(async () => {
    // Not every character of a path is one byte.
    rootDir = await folderOfTest('template é');
    memo = memoryMemo();
  });

  async function expand(files: Files, options: Partial<ExpandOptions> = {}) {
    const models: ModelTemplate[] = [];
    const macros: ExpandOptions['macros'][number][] = [];
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(rootDir, file)), { recursive: true });
      await writeFile(join(rootDir, file), text);
      const { name, ext } = parse(file);
      if (file.startsWith('macros/')) macros.push({ path: file, text, hash: hash(text) });
      else if (file.startsWith('models/'))
        models.push({ name, path: file, text, bodyOffset: 0, language: ext === '.ts' ? 'ts' : 'sql' });
    }
    return expandModels(models, {
      rootDir,
      cacheDir: join(rootDir, '.etl/cache/macros'),
      memo,
      macros,
      vars: { start_date: '2024-01-01', limit: 5 },
      target: { name: 'dev' },
      env: { REGION: 'eu-west', TOKEN: 'hunter2-secret' },
      ...options,
    });
  }

  return {
    expand,
    rootDir: () => rootDir,
    /** The SQL of one model without errors. */
    async sqlOf(sql: string, files: Files = {}, options: Partial<ExpandOptions> = {}) {
      const { value, diagnostics } = await expand({ ...files, 'models/m.sql': sql }, options);
      expect(diagnostics.map(show)).toEqual([]);
      return value[0]!.sql;
    },
    problems: async (files: Files, options?: Partial<ExpandOptions>) =>
      (await expand(files, options)).diagnostics.map(show),
  };
}

/** `file:line:column code message`. */
export function show({ span, code, message }: Diagnostic): string {
  return `${span ? `${span.file}:${span.start.line}:${span.start.column}` : '-'} ${code} ${message}`;
}

/** A macro file. */
export const money = `import { sql } from 'parquetry';
export const centsToDollars = (column: string) =>
  sql<number>\`(\${sql.ref(column)} / 100)::DECIMAL(18, 2)\`;
`;
