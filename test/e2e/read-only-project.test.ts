import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';

/** What looks: with the lake as it was built, and with no exit code but 0. */
const looking = [
  ['check'],
  ['compile'],
  ['ls'],
  ['plan'],
  ['lineage', 'orders'],
  ['query', 'select * from orders, shop.clicks'],
  ['query', 'select * from orders', '--format', 'csv', '--commit', '1'],
  ['show', 'orders'],
  ['show', '--inline', 'select 1 as x'],
  ['types'],
  ['history'],
  ['runs'],
  ['diff', 'orders'],
  ['debug'],
  ['pin', '--dry-run'],
  ['vacuum'],
  ['test'],
];

/** A project with all that needs a file of its own while it is read: macros, JSON with bad rows, UTF-16. */
async function builtProject() {
  const folder = makeProject({
    'etl.yml': 'name: test\ntargets:\n  dev: { lake: .etl/lake }\n  prod: { lake: lake }\n',
    'sources.yml': `sources:
  shop:
    connector: file
    tables:
      clicks: { path: clicks.ndjson, on_bad_row: quarantine }
      names: { path: names.csv, encoding: utf-16 }
`,
    'clicks.ndjson': '{"id":1}\n{"id":\n',
    'names.csv': Buffer.from('id,name\n1,a\n', 'utf16le'),
    'macros/one.ts': "import { sql } from 'parquetry';\nexport const one = () => sql`1`;\n",
    'models/orders.sql':
      '/* model\nmaterialized: table\ntests: [{ row_count: { min: 1 } }]\n*/\nselect ${one()} as x, name from shop.names\n',
  });
  const built = await runEtl(folder, ['build', '-t', 'prod']);
  expect(built.code, built.output).toBe(0);
  return folder;
}

async function expectLooking(folder: string): Promise<void> {
  const temp = join(makeProject({}), 'temp');
  mkdirSync(temp);
  const env = { TMPDIR: temp, TEMP: temp };
  for (const args of looking) {
    const { code, output } = await runEtl(folder, [...args, '-t', 'prod'], env);
    expect(code, `${args.join(' ')}: ${output}`).toBe(0);
  }
  expect(readdirSync(temp)).toEqual([]);
}

test('what only looks needs no .etl, and what writes into it says so', async () => {
  const folder = await builtProject();
  rmSync(join(folder, '.etl'), { recursive: true });
  writeFileSync(join(folder, '.etl'), 'mine');
  await expectLooking(folder);
  const refused = await runEtl(folder, ['build', '-t', 'dev']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`etl.yml:3:16  lake/read-only
  The lake of target dev cannot be written: ${join(folder, '.etl')} is no folder.
    3 │   dev: { lake: .etl/lake }
      │                ~~~~~~~~~
  hint: choose another target with --target`);
  expect(refused.stderr).toContain('1 error\n');
  // A lake elsewhere is built as ever, though nothing is kept of the run.
  writeFiles(folder, { 'names.csv': Buffer.from('id,name\n1,b\n', 'utf16le') });
  const built = await runEtl(folder, ['build', '-t', 'prod']);
  expect(built.code, built.output).toBe(0);
  const { stdout } = await runEtl(folder, ['query', 'from orders', '-t', 'prod', '--format', 'csv']);
  expect(stdout).toBe('x,name\n1,b\n');
  expect(readFileSync(join(folder, '.etl'), 'utf8')).toBe('mine');
}, 60_000);

// Root may write everywhere.
test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'what only looks works in a folder that may only be read, and pins are refused',
  async () => {
    const folder = await builtProject();
    const chmod = (mode: string) => execFileSync('chmod', ['-R', mode, folder]);
    chmod('a-w');
    onTestFinished(() => void chmod('u+w'));
    await expectLooking(folder);
    const refused = await runEtl(folder, ['build', '-t', 'prod', '--full-refresh']);
    expect(refused.stderr).toContain('etl.yml:4:17  lake/read-only');
    chmod('u+w');
    rmSync(join(folder, 'schemas'), { recursive: true });
    rmSync(join(folder, '.etl'), { recursive: true });
    chmod('a-w');
    await expectLooking(folder);
    expect((await runEtl(folder, ['pin', '-t', 'prod'])).stderr).toContain('project/read-only');
    // Nor is there another place: what needs none goes on.
    const { code, output } = await runEtl(folder, ['debug', '-t', 'prod'], { TMPDIR: folder });
    expect(code, output).toBe(0);
  },
  60_000,
);
