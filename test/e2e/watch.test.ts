import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import type { WatchEvent } from '../../src/api/watch.js';
import { finished, makeProject, printed, runEtl, startEtl, writeFiles } from '../support/cli.js';
import { lakeContents } from '../support/lake-contents.js';
import { randomNumbers } from '../support/random-numbers.js';
import { projectFiles, type RandomProject } from '../support/random-project.js';

const edits = Number(process.env.ETL_WATCH_EDITS ?? 200);

const original: RandomProject = {
  models: [
    { reads: [], constant: 1, materialized: 'table', comment: 0 },
    { reads: [0], constant: 2, materialized: 'view', comment: 0 },
    { reads: [0, 1], constant: 3, materialized: 'ephemeral', comment: 0 },
    { reads: [2], constant: 4, materialized: 'table', comment: 0 },
    { reads: [1, 3], constant: 5, materialized: 'table', comment: 0 },
  ],
  source: [1, 2, 3],
  seed: [7],
  factor: 2,
  bonus: 1,
};

test(`${edits} random edits while watching, then quiet: the lake equals a clean build's`, async () => {
  const files = { ...projectFiles(original) };
  const folder = makeProject(files);
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const watching = startWatch(folder, stop.signal, events);
  await until(() => events.some((event) => event.kind === 'settled'));

  const random = randomNumbers();
  let state = original;
  let renamed = 0;
  const whole = () => writeFiles(folder, projectFiles(state));
  for (let i = 0; i < edits; i++) {
    const at = Math.floor(random() * state.models.length);
    const path = `models/m${at}.sql`;
    switch (i % 8) {
      case 0:
        writeFiles(folder, { [path]: 'select v from (sel' });
        break;
      case 1:
        writeFiles(folder, { 'macros/scale.ts': 'export const scale = (' });
        break;
      case 2:
        rmSync(join(folder, path), { force: true });
        break;
      case 3:
        writeFiles(folder, { [`models/extra${renamed}.sql`]: `select ${i} as v\n` });
        break;
      case 4:
        rmSync(join(folder, `models/extra${renamed++}.sql`), { force: true });
        break;
      case 5:
        writeFiles(folder, { 'etl.yml': 'name: [random\n' });
        break;
      case 6:
        writeFiles(folder, { 'data/t.csv': `v\n${i}\nnot a number\n` });
        break;
      default:
        state = {
          ...state,
          factor: (i % 5) + 1,
          models: state.models.map((m, j) => (j === at ? { ...m, constant: i } : m)),
        };
        whole();
    }
    // Some edits come together, some one after the other.
    await new Promise((resolve) => setTimeout(resolve, 30 * random()));
  }
  whole();
  const isQuiet = () => events.at(-1)?.kind === 'settled';
  const succeeded = () => {
    const last = events.at(-1);
    return last?.kind === 'settled' && last.result.status === 'success';
  };
  await until(() => isQuiet() && succeeded());
  // A change that was seen late may start one more build.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await until(() => isQuiet() && succeeded());
  stop.abort();
  await watching;

  const clean = makeProject(projectFiles(state));
  expect((await runEtl(clean, ['build'])).code).toBe(0);
  expect(await lakeContents(folder)).toEqual(await lakeContents(clean));
}, 240_000);

test('errors come and go, and a change during a build causes one more', async () => {
  const folder = makeProject({ 'models/a.sql': 'select 1 as x\n', 'models/b.sql': 'select x from a\n' });
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const settled = () => events.filter((event) => event.kind === 'settled');
  const watching = startWatch(folder, stop.signal, events);
  await until(() => settled().length === 1);
  expect(settled()[0]!.result.status).toBe('success');

  writeFiles(folder, { 'models/b.sql': 'select y from a\n' });
  await until(() => settled().length === 2);
  expect(settled()[1]!.result.diagnostics.map((d) => d.code)).toEqual(['compile/unknown-column']);

  writeFiles(folder, { 'models/a.sql': 'select 1 as y\n' });
  await until(() => settled().at(-1)!.resolved.length === 1);
  expect(settled().at(-1)!.result.status).toBe('success');
  stop.abort();
  await watching;
}, 60_000);

test('a column that goes makes the calls wrong that name it, and comes back', async () => {
  const model = (sql: string) => ({ 'models/a.sql': `${sql}\n` });
  const folder = makeProject({
    ...model('select 1 as id, 2 as rank'),
    'models/b.sql': "select * from ${dedupe(ref('a'), { key: 'id', orderBy: 'rank' })}\n",
  });
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const settled = () => events.filter((event) => event.kind === 'settled');
  const codes = () => settled().map(({ result }) => result.diagnostics.map(({ code }) => code));
  const watching = startWatch(folder, stop.signal, events);
  await until(() => settled().length === 1);
  writeFiles(folder, model('select 1 as id, 2 as place'));
  await until(() => settled().length === 2);
  writeFiles(folder, model('select 1 as id, 2 as rank'));
  await until(() => settled().length === 3);
  expect(codes()).toEqual([[], ['check/type-error'], []]);
  stop.abort();
  await watching;
}, 60_000);

test('a breaking change that is accepted while watching is mended', async () => {
  const model = (sql: string) => ({
    'models/a.sql': `/* model\nmaterialized: table\npublish: true\n*/\n${sql}\n`,
  });
  const folder = makeProject(model('select 1 as x, 2 as y'));
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const watching = startWatch(folder, stop.signal, events);
  const last = () => events.findLast((event) => event.kind === 'settled');
  await until(() => last()?.result.status === 'success');
  writeFiles(folder, model('select 1 as x'));
  await until(() => last()?.result.diagnostics[0]?.code === 'pin/breaking-change');
  expect((await runEtl(folder, ['pin', 'a'])).code).toBe(0);
  await until(() => last()?.result.status === 'success');
  expect(last()?.resolved.map(({ code }) => code)).toEqual(['pin/breaking-change']);
  stop.abort();
  await watching;
}, 60_000);

test('a run that loses to a command beside it is done again', async () => {
  const model = (sql: string) => ({ 'models/a.sql': `/* model\nmaterialized: table\n*/\n${sql}\n` });
  const folder = makeProject(model('select 1 as s'));
  await runEtl(folder, ['build']);
  writeFiles(folder, model('select 2 as s'));
  await runEtl(folder, ['build']);
  writeFiles(folder, model('select sum(a.i * b.i) as s from range(12000) a(i), range(12000) b(i)'));
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const watching = startWatch(folder, stop.signal, events);
  await until(() => events.some((event) => event.kind === 'rebuilding'));
  await runEtl(folder, ['rollback', '1', 'a']);
  await until(() => {
    const last = events.at(-1);
    return last?.kind === 'settled' && last.result.status === 'success';
  });
  stop.abort();
  await watching;
}, 120_000);

test('what a build writes into a lake and a folder of the project is no change', async () => {
  const folder = makeProject({
    'etl.yml': 'name: test\ntargets:\n  dev: { lake: out/lake }\n',
    'models/a.sql': '/* model\nmaterialized: table\npublish: true\n*/\nselect now() as at\n',
    'models/b.sql': '/* model\nmaterialized: table\npublish: { to: ./site }\n*/\nselect now() as at\n',
  });
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const changes = () => events.flatMap((event) => (event.kind === 'rebuilding' ? [event.changed] : []));
  const watching = startWatch(folder, stop.signal, events);
  await until(() => events.at(-1)?.kind === 'settled');
  // Nothing tells when nothing will come: long enough for a build that its own files would cause.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  writeFiles(folder, { 'models/c.sql': 'select 1 as x\n' });
  await until(() => events.at(-1)?.kind === 'settled' && changes().length > 1);
  expect(changes()).toEqual([[], ['models/c.sql']]);
  stop.abort();
  await watching;
}, 60_000);

test.skipIf(process.platform === 'win32')(
  'Ctrl-C, which a terminal sends to all processes, ends it quietly',
  async () => {
    const folder = makeProject({
      'macros/m.ts': "import { sql } from 'parquetry';\nexport const one = () => sql`1`;\n",
      'models/a.sql': 'select ${one()} as x\n',
    });
    const child = startEtl(folder, ['watch'], {}, { detached: true });
    const end = finished(child);
    await printed(child, /Waiting for changes/);
    process.kill(-child.pid!, 'SIGINT');
    const { code, output } = await end;
    expect(code).toBe(0);
    expect(output).toMatch(/Waiting for changes\.\n$/);
  },
  60_000,
);

/** Runs the real command, which checks types too, and gathers what it says until the signal aborts. */
async function startWatch(folder: string, signal: AbortSignal, events: WatchEvent[]): Promise<void> {
  const child = startEtl(folder, ['watch', '--format', 'json']);
  signal.addEventListener('abort', () => child.kill('SIGINT'));
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as { kind: string };
    if (event.kind === 'watching' || event.kind === 'rebuilding' || event.kind === 'settled') {
      events.push(event as WatchEvent);
    }
  }
}

async function until(condition: () => boolean): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > 60_000) throw new Error(`Still not so: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
