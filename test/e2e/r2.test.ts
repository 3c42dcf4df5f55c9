import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finished, runEtl, startEtl } from '../support/cli.js';
import { copyExample } from '../support/example.js';
import { type Fault, startFaultProxy } from '../support/fault-proxy.js';
import { lakeContents } from '../support/lake-contents.js';
import { type LocalR2, startLocalR2 } from '../support/local-r2.js';
import { randomNumbers } from '../support/random-numbers.js';

let r2: LocalR2;
/** A project that was built on disk, and what its tables hold. */
let local: string;
let wanted: Readonly<Record<string, string>>;

beforeAll(async () => {
  r2 = await startLocalR2();
  local = copyExample({ keep: true });
  const built = await runEtl(local, ['build']);
  expect(built.code, built.output).toBe(0);
  wanted = await lakeContents(local);
}, 120_000);
afterAll(async () => {
  await r2.stop();
  rmSync(local, { recursive: true, force: true });
});

/** Rows of every table as `etl query` reads them, as count and hash. */
async function tableHashes(folder: string, flags: readonly string[], env: NodeJS.ProcessEnv) {
  const selects = Object.keys(wanted).map(
    (table) =>
      `select '${table}' as name, count(*) as n, md5(string_agg(t::varchar, chr(10) order by t::varchar)) as hash from ${table} t`,
  );
  const sql = `${selects.join(' union all ')} order by name`;
  const result = await runEtl(folder, ['query', sql, ...flags, '--format', 'json'], env);
  expect(result.code, result.output).toBe(0);
  return JSON.parse(result.stdout);
}

/** Environment of the example's target `r2`, with a lake of its own. */
function settings(prefix: string, endpoint = r2.endpoint): NodeJS.ProcessEnv {
  const { lake, s3 } = r2.target(prefix, endpoint);
  return {
    R2_LAKE: lake,
    R2_ENDPOINT: String(s3!.endpoint),
    R2_ACCESS_KEY_ID: String(s3!.access_key_id),
    R2_SECRET_ACCESS_KEY: String(s3!.secret_access_key),
  };
}

test('the example builds to R2, and a machine that never built it reads exactly those rows', async () => {
  const builder = copyExample();
  const env = settings('example');
  const remote = await runEtl(builder, ['build', '--target', 'r2'], env);
  expect(remote.code, remote.output).toBe(0);
  expect(await lakeContents(builder, 'r2')).toEqual(wanted);

  const reader = copyExample();
  const sql =
    'select region, count(*) as n, sum(net_usd) as net_usd from fct_orders group by all order by all';
  const there = await runEtl(reader, ['query', sql, '--target', 'r2', '--format', 'json'], env);
  expect(there.code, there.output).toBe(0);
  const here = await runEtl(local, ['query', sql, '--format', 'json']);
  expect(JSON.parse(there.stdout)).toEqual(JSON.parse(here.stdout));
}, 240_000);

test('with one request in twenty failing, a build ends with the same rows', async () => {
  const faults: readonly Fault[] = [
    { kind: 'status', status: 429, retryAfterSeconds: 0 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'reset' },
    { kind: 'lost-response' },
    { kind: 'cut-body' },
    { kind: 'slow', ms: 200 },
  ];
  const random = randomNumbers();
  let injected = 0;
  const proxy = await startFaultProxy(r2.endpoint, () =>
    random() < 0.05 ? faults[injected++ % faults.length] : undefined,
  );
  try {
    const folder = copyExample();
    const built = await runEtl(folder, ['build', '--target', 'r2'], settings('faults', proxy.endpoint));
    expect(built.code, built.output).toBe(0);
    expect(injected).toBeGreaterThan(0);
    // What counts is in the bucket: read it past the proxy, without what this machine kept.
    const reader = copyExample();
    const remote = ['--target', 'r2'];
    expect(await tableHashes(reader, remote, settings('faults'))).toEqual(await tableHashes(local, [], {}));
  } finally {
    await proxy.stop();
  }
}, 240_000);

test('killed at random moments, then built again: the rows of an undisturbed build', async () => {
  const began = performance.now();
  expect((await runEtl(copyExample(), ['build', '--target', 'r2'], settings('undisturbed'))).code).toBe(0);
  const durationMs = performance.now() - began;
  const folder = copyExample();
  const env = settings('killed');
  const random = randomNumbers();
  let killed = 0;
  for (let i = 0; i < 12 && killed < 6; i++) {
    // One that came to its end leaves the next one nothing to do, and nothing to be killed in.
    const child = startEtl(folder, ['build', '--target', 'r2', '--full-refresh'], env);
    const timer = setTimeout(() => child.kill('SIGKILL'), random() * 0.8 * durationMs);
    if ((await finished(child)).signal === 'SIGKILL') killed++;
    clearTimeout(timer);
  }
  expect(killed).toBeGreaterThan(0);
  const last = await runEtl(folder, ['build', '--target', 'r2'], env);
  expect(last.code, last.output).toBe(0);
  expect(await lakeContents(folder, 'r2')).toEqual(wanted);
}, 240_000);
