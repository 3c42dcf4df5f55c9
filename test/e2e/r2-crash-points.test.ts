import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Storage } from '../../src/ports/storage.js';
import { openStorage } from '../../src/storage/registry.js';
import { finished, makeProject, runEtl, startEtl, writeFiles } from '../support/cli.js';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.js';
import { type LocalR2, startLocalR2 } from '../support/local-r2.js';

/** Where a process is killed: at its first request of this kind. */
interface CrashPoint {
  readonly command: 'build' | 'vacuum';
  readonly method: 'PUT' | 'POST';
  /** Of the key, or of the query for requests without one. */
  readonly path: RegExp;
  /** Whether the request has taken effect when the process dies. */
  readonly takesEffect: boolean;
  /** What the lake holds then. */
  readonly leaves: 'old' | 'new';
}

const points: Readonly<Record<string, CrashPoint>> = {
  'as COPY begins': {
    command: 'build',
    method: 'PUT',
    path: /_etl\/runs\//,
    takesEffect: true,
    leaves: 'old',
  },
  'before the first upload': {
    command: 'build',
    method: 'PUT',
    path: /_etl\/data\//,
    takesEffect: false,
    leaves: 'old',
  },
  'between uploads': {
    command: 'build',
    method: 'PUT',
    path: /_etl\/data\//,
    takesEffect: true,
    leaves: 'old',
  },
  'after the last upload': {
    command: 'build',
    method: 'PUT',
    path: /_etl\/tables\//,
    takesEffect: false,
    leaves: 'old',
  },
  'before the commit': {
    command: 'build',
    method: 'PUT',
    path: /_etl\/commits\//,
    takesEffect: false,
    leaves: 'old',
  },
  'after the commit, before its answer': {
    command: 'build',
    method: 'PUT',
    path: /_etl\/commits\//,
    takesEffect: true,
    leaves: 'new',
  },
  'before publishing': {
    command: 'build',
    method: 'PUT',
    path: /crashes\/a\/k=/,
    takesEffect: false,
    leaves: 'new',
  },
  'in the middle of publishing': {
    command: 'build',
    method: 'PUT',
    path: /crashes\/a\/k=/,
    takesEffect: true,
    leaves: 'new',
  },
  'before a vacuum deletes': {
    command: 'vacuum',
    method: 'POST',
    path: /\?delete/,
    takesEffect: false,
    leaves: 'new',
  },
  'while a vacuum deletes': {
    command: 'vacuum',
    method: 'POST',
    path: /\?delete/,
    takesEffect: true,
    leaves: 'new',
  },
};

let r2: LocalR2;
let proxy: FaultProxy;
let cache: string;
let decide: (method: string, path: string) => Fault | undefined;
beforeAll(async () => {
  r2 = await startLocalR2();
  proxy = await startFaultProxy(r2.endpoint, (method, path) => decide(method, path));
  cache = mkdtempSync(join(tmpdir(), 'etl-crash-'));
});
afterAll(async () => {
  await proxy.stop();
  await r2.stop();
  rmSync(cache, { recursive: true, force: true });
});

/** A project whose two tables hold the state's number; a reader of the lake needs its `etl.yml` only. */
function filesOf(state: number): Readonly<Record<string, string>> {
  const target = r2.target('crashes', proxy.endpoint);
  return {
    'etl.yml': `name: c\ntargets:\n  dev: ${JSON.stringify({ lake: target.lake, s3: target.s3 })}\n`,
    'models/a.sql': `/* model\nmaterialized: table\npartition_by: [k]\npublish: true\n*/\nselect ${state} as state, i % 3 as k from range(9) as r(i)\n`,
    'models/b.sql': `/* model\nmaterialized: table\n*/\nselect ${state} as state, count(*) as n from a\n`,
  };
}

/** Runs a command that dies where the point says. */
async function killAt(folder: string, { command, method, path, takesEffect }: CrashPoint): Promise<void> {
  let child: ChildProcess | undefined;
  let isReached = false;
  const kill = () => void child!.kill('SIGKILL');
  decide = (requested, at) => {
    if (isReached || requested !== method || !path.test(at)) return undefined;
    isReached = true;
    if (takesEffect) return { kind: 'lost-response', afterwards: kill };
    kill();
    return { kind: 'reset' };
  };
  child = startEtl(folder, command === 'build' ? ['build'] : ['vacuum', '--keep-days', '0', '--delete']);
  const { signal, output } = await finished(child);
  decide = () => undefined;
  expect(signal, output).toBe('SIGKILL');
}

/** The states that tables hold, as an exact reader on a machine that knows nothing of the lake sees them. */
async function statesSeen(): Promise<readonly unknown[]> {
  const folder = makeProject({ 'etl.yml': filesOf(0)['etl.yml']! });
  const sql = 'select a.state as a, b.state as b, count(*) as n, b.n as told from a, b group by all';
  const { code, stdout, output } = await runEtl(folder, ['query', sql, '--format', 'json']);
  expect(code, output).toBe(0);
  return JSON.parse(stdout);
}

const whole = (state: number) => [{ a: state, b: state, n: 9, told: 9 }];

async function keysIn(storage: Storage, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
}

test('killed at any point, the lake is the old or the new one, and the next build mends it', async () => {
  decide = () => undefined;
  let state = 1;
  const folder = makeProject(filesOf(state));
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const storage = await openStorage(r2.target('crashes'), { cacheDir: cache });
  for (const [name, point] of Object.entries(points)) {
    const before = state;
    if (point.command === 'build') writeFiles(folder, filesOf(++state));
    await killAt(folder, point);
    expect(await statesSeen(), name).toEqual(whole(point.leaves === 'old' ? before : state));
    const again = await runEtl(folder, ['build']);
    expect(again.code, `${name}\n${again.output}`).toBe(0);
    expect(await statesSeen(), name).toEqual(whole(state));
    const outside = (await keysIn(storage, '')).filter((key) => !key.startsWith('_etl/'));
    expect(outside, name).toEqual([0, 1, 2].map((k) => `a/k=${k}/data.parquet`));
  }

  const vacuum = await runEtl(folder, ['vacuum', '--keep-days', '0', '--delete']);
  expect(vacuum.code, vacuum.output).toBe(0);
  const named: string[] = [];
  for (const key of await keysIn(storage, '_etl/tables/')) {
    const version = JSON.parse(Buffer.from((await storage.read(key))!).toString());
    named.push(...version.files.map((file: { path: string }) => file.path));
  }
  expect(await keysIn(storage, '_etl/data/')).toEqual(named.sort());
  expect(named).toHaveLength(4);
  expect(await statesSeen()).toEqual(whole(state));
}, 240_000);

test('a vacuum that meets a commit deletes nothing of it', async () => {
  decide = () => undefined;
  const folder = makeProject(filesOf(100));
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  writeFiles(folder, filesOf(101));
  expect((await runEtl(folder, ['build'])).code).toBe(0);

  // The vacuum's first delete waits until another build has committed.
  const other = makeProject(filesOf(102));
  let committed: Promise<unknown> | undefined;
  decide = (method, path) => {
    if (committed || method !== 'POST' || !/\?delete/.test(path)) return undefined;
    const built = runEtl(other, ['build']);
    committed = built;
    return { kind: 'hold', until: built };
  };
  const vacuum = await runEtl(folder, ['vacuum', '--keep-days', '0', '--delete']);
  decide = () => undefined;
  expect(vacuum.code, vacuum.output).toBe(0);
  expect(await committed).toMatchObject({ code: 0 });
  expect(await statesSeen()).toEqual(whole(102));
}, 120_000);
