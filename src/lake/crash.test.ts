import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openLocalStorage } from '../storage/local.js';
import { Lake } from './lake.js';
import { relationSql } from './relation-sql.js';

/** One build of two tables, and the publishing of one. It kills itself before the storage changes for the n-th time. */
const worker = `
import { openDuckdb } from './src/engine/duckdb.ts';
import { Lake } from './src/lake/lake.ts';
import { mkdirSync } from 'node:fs';
import { mergeFiles } from './src/lake/merge-files.ts';
import { openRunLake } from './src/lake/run-lake.ts';
import { parquetFolder } from './src/publishers/parquet-folder.ts';
import { openLocalStorage } from './src/storage/local.ts';

const [dir, v, dieAt, rows] = process.argv.slice(2);
let changes = 0;
const storage = new Proxy(openLocalStorage(dir), {
  get: (target, name) => {
    const value = target[name];
    if (typeof value !== 'function') return value;
    const changing = ['write', 'createIfAbsent', 'upload', 'delete', 'copy'].includes(name);
    return (...args) => {
      if (changing && ++changes === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
      return value.apply(target, args);
    };
  },
});
const engine = await openDuckdb({ threads: 1 });
const connection = await engine.connect();
const lake = new Lake(storage);
const runId = 'run' + v;
const now = () => new Date();
const run = openRunLake({ lake, base: await lake.snapshot(), runId, operation: 'build', tempDir: dir, now });
const schema = { columns: [{ name: 'k', type: 'VARCHAR' }, { name: 'v', type: 'INTEGER' }] };
const committed = new Map();
for (const table of ['a', 'b']) {
  const parts = Number(v) % 2 ? "('x'), ('y')" : "('y'), ('z')";
  const sql = 'select k, ' + v + " as v from (values " + parts + ') t(k), range(' + rows + ')';
  const partitionBy = table === 'a' ? ['k'] : [];
  const id = table + v;
  const written = await run.write({ connection, sql, schema, table, versionId: id, partitionBy });
  const provenance = { project: 'p', runId, createdAt: '', dataKey: '', logic: '', inputs: {} };
  committed.set(table, {
    format: 1, id, table, kind: 'table', schema, partitionBy, publish: table === 'a', provenance, audits: [], ...written,
  });
}
await run.commit(committed, new Map());
await run.abandon([]);
const a = { table: 'a' };
const current = async ({ table }) => (await lake.snapshot()).tables.get(table);
const merge = (s, files) => mergeFiles(connection, storage, s, files, dir + '-temp');
if ((await parquetFolder.pending([[a, await current(a)]], storage)).length > 0) {
  const tempDir = async () => mkdirSync(dir + '-temp', { recursive: true }) ?? dir + '-temp';
  await parquetFolder.publish(a, { storage, runId, current, merge, now, tempDir, isTaken: async () => false });
}
console.log(changes);
process.exit(0);
`;

const { connection } = await connectionOfFile({ threads: 1 });
let script: string;

async function bundleWorker(dir: string): Promise<void> {
  script = join(dir, 'worker.mjs');
  await build({
    stdin: { contents: worker, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    plugins: [
      {
        name: 'packages-stay-outside',
        setup(esbuild) {
          // By URL: the bundle lies where no node_modules is above it.
          esbuild.onResolve({ filter: /^@duckdb/ }, ({ path }) => ({
            path: import.meta.resolve(path),
            external: true,
          }));
        },
      },
    ],
  });
}

interface Exit {
  readonly killed: boolean;
  readonly output: string;
}

function runWorker(
  lake: string,
  v: number,
  dieAt: number,
  rows = 20,
  killWhen?: () => Promise<boolean>,
): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const args = [script, lake, String(v), String(dieAt), String(rows)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ killed: signal === 'SIGKILL', output });
      else reject(new Error(`exit ${code}`));
    });
    void (async () => {
      while (killWhen && child.exitCode === null && !child.killed) {
        if (await killWhen()) child.kill('SIGKILL');
        await sleep(5);
      }
    })();
  });
}

/** The lake shows one run's rows in both tables, and each published partition one run's rows as a whole. */
async function checkLake(dir: string, rows: number): Promise<number> {
  const storage = openLocalStorage(dir);
  const { tables } = await new Lake(storage).snapshot();
  const seen = new Set<unknown>();
  for (const table of ['a', 'b']) {
    const from = await relationSql(tables.get(table)!, storage);
    const found = await connection.rows(`select v, count(*)::int as n from (${from}) group by v`);
    expect(found).toEqual([{ v: expect.any(Number), n: 2 * rows }]);
    seen.add(found[0]!.v);
  }
  expect(seen.size).toBe(1);
  const glob = `read_parquet('${dir}/a/**/*.parquet', hive_partitioning = true)`;
  for (const group of await connection.rows(
    `select k, count(distinct v)::int as vs, count(*)::int as n from ${glob} group by k`,
  )) {
    expect(group).toMatchObject({ vs: 1, n: rows });
  }
  return [...seen][0] as number;
}

async function filesUnder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}

/** After an undisturbed run: everything that is there belongs to a commit. */
async function checkNothingLeft(dir: string): Promise<void> {
  const lake = new Lake(openLocalStorage(dir));
  const named = new Set<string>();
  for (const { changes } of await lake.log.readFrom(1)) {
    for (const [table, id] of Object.entries(changes)) {
      for (const file of (await lake.findVersion(table, id!))!.files) named.add(file.path);
    }
  }
  const files = await filesUnder(dir);
  expect(files.filter((file) => file.startsWith('_etl/data/')).sort()).toEqual([...named].sort());
  const versions = files.filter((file) => file.startsWith('_etl/tables/'));
  expect(versions.length).toBe(2 * (await lake.snapshot()).commit);
  expect(files.filter((file) => file.startsWith('_etl/runs/'))).toEqual([]);
  expect(files.filter((file) => file.startsWith('_etl/published/'))).toHaveLength(1);
}

test('killed before each change it makes, a run leaves the lake whole, and the next one cleans up', async () => {
  const dir = await folderOfTest('lake');
  await bundleWorker(dir);
  const lake = join(dir, 'lake');
  await runWorker(lake, 1, 0);
  expect(await checkLake(lake, 20)).toBe(1);
  let v = 1;
  let before = 1;
  for (let dieAt = 1; ; dieAt++) {
    const { killed } = await runWorker(lake, ++v, dieAt);
    const now = await checkLake(lake, 20);
    expect([before, v]).toContain(now);
    before = now;
    if (!killed) break;
    expect(dieAt).toBeLessThan(60);
  }
  expect(before).toBe(v);
  await checkNothingLeft(lake);
}, 120_000);

test('killed while DuckDB writes, a run leaves nothing for long', async () => {
  const dir = await folderOfTest('lake');
  await bundleWorker(dir);
  const lake = join(dir, 'lake');
  await runWorker(lake, 1, 0);
  const writing = async () => (await filesUnder(lake)).some((file) => file.includes('a2-run2-'));
  expect(await runWorker(lake, 2, 0, 3_000_000, writing)).toMatchObject({ killed: true });
  expect(await checkLake(lake, 20)).toBe(1);
  await runWorker(lake, 3, 0);
  expect(await checkLake(lake, 20)).toBe(3);
  await checkNothingLeft(lake);
}, 60_000);
