import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';

const macro = "import { sql } from 'parquetry';\nexport const one = () => sql`1`;\n";
const model = (sql: string) => `/* model\nmaterialized: table\npublish: true\n*/\n${sql}\n`;

test('a build that fails while TypeScript is still at work exits with 1, and a plan is printed', async () => {
  const folder = makeProject({ 'macros/m.ts': macro, 'models/a.sql': model('select ${one()} as x, 2 as y') });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  for (const i of [3, 4, 5]) {
    // Breaks the schema pin, with SQL that TypeScript has not seen.
    writeFiles(folder, { 'models/a.sql': model(`select \${one()} + ${i} as x`) });
    const plan = await runEtl(folder, ['plan']);
    expect(plan.code, plan.output).toBe(1);
    expect(plan.stderr).toContain('pin/breaking-change');
    const build = await runEtl(folder, ['build']);
    expect(build.code, build.output).toBe(1);
    expect(build.stderr).toContain('pin/breaking-change');
  }
  writeFiles(folder, { 'models/a.sql': model('select ${one()} as x, 7 as y') });
  expect((await runEtl(folder, ['plan'])).stdout).toContain('1 to build');
}, 60_000);

test("what the project's code prints goes to standard error, and what it leaves open keeps nothing alive", async () => {
  const folder = makeProject({
    'macros/m.ts': `${macro}console.log('loaded');\nsetInterval(() => {}, 1000);\n`,
    'models/a.sql': 'select ${one()} as x\n',
  });
  expect(await runEtl(folder, ['show', 'a', '--format', 'csv'])).toMatchObject({
    code: 0,
    stdout: 'x\n1\n',
    stderr: 'loaded\n',
  });
}, 30_000);

test('a macro file that waits for ever is an error', async () => {
  const folder = makeProject({
    'macros/m.ts': `${macro}await new Promise(() => {});\n`,
    'models/a.sql': 'select ${one()} as x\n',
  });
  const { code, stderr } = await runEtl(folder, ['check']);
  expect(code).toBe(2);
  expect(stderr).toContain('waits for something that never happens');
}, 30_000);

test('code of a project that ends the process is an error', async () => {
  for (const [exit, code] of [
    ['process.exit()', 2],
    ['process.exit(3)', 3],
  ] as const) {
    const folder = makeProject({
      'macros/m.ts': `import { sql } from 'parquetry';\nexport const one = () => { ${exit}; return sql\`1\`; };\n`,
      'models/a.sql': 'select ${one()} as x\n',
    });
    const result = await runEtl(folder, ['build']);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain("error: the project's code ended the command, with process.exit()");
  }
}, 30_000);

test.skipIf(!existsSync('/dev/full'))('a full disk below the output is one line, and exit code 1', () => {
  const folder = makeProject({ 'models/a.sql': 'select 1 as x\n' });
  for (const args of [['ls'], ['query', 'from range(100000)', '--format', 'csv']]) {
    const { status, stderr } = spawnSync(process.execPath, [inject('cliPath'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'error: the output cannot be written: ENOSPC: no space left on device, write\n',
    });
  }
});

// Root may write everywhere.
test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'what only reads works in a project that may only be read',
  async () => {
    const folder = makeProject({ 'models/a.sql': '/* model\nmaterialized: table\n*/\nselect 1 as x\n' });
    expect((await runEtl(folder, ['build'])).code).toBe(0);
    rmSync(join(folder, '.etl/dev.duckdb'));
    const chmod = (mode: string) => execFileSync('chmod', ['-R', mode, folder]);
    chmod('a-w');
    onTestFinished(() => void chmod('u+w'));
    for (const args of [['check'], ['ls'], ['plan'], ['show', 'a'], ['query', 'from a']]) {
      const { code, output } = await runEtl(folder, args);
      expect(code, output).toBe(0);
    }
  },
  30_000,
);
