import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { fakeProcess } from '../../test/support/fake-process.js';
import { sampleRun, sessionsSql } from '../../test/support/sample-run.js';
import { errorDiagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { RunResult } from '../ir/run-result.js';
import { openCli } from './cli.js';
import { openReporter, reportDiagnostics, reportRun } from './report.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'etl-report-'));
  await writeFile(join(root, 'etl.yml'), 'name: test\n');
  await writeFile(join(root, 'sessions.sql'), sessionsSql);
});
afterAll(() => rm(root, { recursive: true }));

const result = (sampleRun.at(-1) as { result: RunResult }).result;
const span = new LineIndex(sessionsSql).span('sessions.sql', 18, 27);

function open(flags: object = {}, settings: Parameters<typeof fakeProcess>[0] = {}) {
  const fake = fakeProcess({ cwd: root, ...settings });
  return { ...fake, cli: openCli(fake.around, flags) };
}

it('ends with 1 when a run failed and with 0 when it did not', async () => {
  const { cli } = open({ quiet: true });
  expect(await reportRun(cli, undefined, async () => result)).toBe(1);
  expect(await reportRun(cli, undefined, async () => ({ ...result, status: 'success' }))).toBe(0);
});

it('reports the end of a run once', async () => {
  const { cli, written } = open({ format: 'json' });
  await reportRun(cli, undefined, async ({ onEvent }) => {
    for (const event of sampleRun) onEvent(event);
    return result;
  });
  expect(written.stdout.match(/"kind":"run-finished"/g)).toHaveLength(1);
  await reportRun(cli, undefined, async () => result);
  expect(written.stdout.match(/"kind":"run-finished"/g)).toHaveLength(2);
});

it('asks a run to stop at the first Ctrl-C, which npm repeats, and ends the process at the second', async () => {
  const { cli, interrupt, exits } = open();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
  const code = await reportRun(cli, undefined, async ({ signal }) => {
    interrupt();
    expect(signal.aborted).toBe(true);
    interrupt();
    expect(exits).toEqual([]);
    clock.mockReturnValue(2000);
    interrupt();
    return { ...result, status: 'interrupted' };
  });
  expect({ code, exits }).toEqual({ code: 1, exits: [1] });
  interrupt();
  expect(exits).toEqual([1]);
  clock.mockRestore();
});

it('shows the line of an error, from the file in the project', async () => {
  const { cli, written } = open({}, { cwd: root });
  const error = errorDiagnostic('compile/unknown-column', 'No column "zero".', { span });
  expect(await reportDiagnostics(cli, undefined, [error])).toBe(1);
  expect(written.stderr).toContain(
    'sessions.sql:2:3  compile/unknown-column\n  No column "zero".\n    2 │   10 / zero as rate\n',
  );
  expect(await reportDiagnostics(cli, undefined, [warningDiagnostic('select/no-match', 'nothing')])).toBe(0);
});

it('shows the line as it is now, also when it showed another one before', async () => {
  const { cli, written } = open({}, { cwd: root });
  const reporter = await openReporter(cli, undefined, 'plain');
  const at = new LineIndex('select a').span('model.sql', 7, 8);
  for (const text of ['select a', 'select b']) {
    await writeFile(join(root, 'model.sql'), text);
    reporter.report({
      kind: 'diagnostics',
      diagnostics: [errorDiagnostic('compile/syntax-error', text, { span: at })],
    });
  }
  reporter.close();
  expect(written.stderr).toMatch(/1 │ select a\n.*1 │ select b\n/s);
});

it('prints a line of JSON even when nothing is wrong', async () => {
  const { cli, written } = open({ format: 'json' });
  expect(await reportDiagnostics(cli, undefined, [], true)).toBe(0);
  expect(written).toEqual({ stdout: '{"kind":"diagnostics","diagnostics":[]}\n', stderr: '' });
});

it('annotates in GitHub Actions, relative to the repository', async () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: tmpdir(), CI: 'true' };
  const { cli, written } = open({}, { env });
  await reportDiagnostics(cli, undefined, [
    errorDiagnostic('compile/unknown-column', 'No: 100 %\nat all', { span }),
  ]);
  const folder = root.slice(tmpdir().length + 1);
  expect(written.stderr).toContain(
    `\n::error file=${folder}/sessions.sql,line=2,endLine=2,col=3,endColumn=12,title=compile/unknown-column::No: 100 %25%0Aat all\n`,
  );
});

it.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: false }, {}, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: true }, { CI: 'true' }, false],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
  [{ isTTY: false }, { FORCE_COLOR: '1' }, true],
  [{ isTTY: false }, { FORCE_COLOR: '0' }, false],
])('has colours for %j with %j: %s', (settings, env, color) => {
  expect(open({}, { ...settings, env }).cli.style('stdout').color).toBe(color);
  expect(open({ color: false }, { ...settings, env }).cli.style('stdout').color).toBe(false);
});

it('uses ASCII where the locale has no more', () => {
  expect(open({}, { env: { LC_ALL: 'C' } }).cli.style('stdout').unicode).toBe(false);
  expect(open({}, { env: { LANG: 'de_DE.UTF-8' } }).cli.style('stdout').unicode).toBe(true);
});

it('knows the flags that commands it suggests need', () => {
  expect(open({}).cli.projectFlags).toBe('');
  const flags = { target: 'prod', vars: ['a=1', '{ b: 2 }'], projectDir: 'my shop' };
  expect(open(flags).cli.projectFlags).toBe(`-t prod --vars a=1 --vars "{ b: 2 }" --project-dir "my shop"`);
});
