import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, runEtl } from '../support/cli.js';

const table = (sql: string) => `/* model\nmaterialized: table\n*/\n${sql}\n`;

test('each process spills into a folder of its own, which goes with it', async () => {
  const folder = makeProject({ 'models/a.sql': table('select 1 as x') });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const ask = ['query', "select current_setting('temp_directory')", '--format', 'csv'];
  const answers = await Promise.all([runEtl(folder, ask), runEtl(folder, ask)]);
  const folders = answers.map(({ stdout }) => stdout.split('\n')[1]!);
  expect(new Set(folders).size).toBe(2);
  for (const one of folders) expect(one.startsWith(join(folder, '.etl/tmp/spill-'))).toBe(true);
  expect(readdirSync(join(folder, '.etl/tmp'))).toEqual([]);
});
