// Merges 100,000 changed rows into tables of 1, 10 and 50 million rows, and the same with MERGE INTO in a DuckDB table.
// node bench/merge.mjs [millions…]     The rows that change lie together, as those of the last days do, or anywhere.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { build } from 'esbuild';

const changed = 100_000;
const sizes = process.argv.slice(2).map(Number);
const millions = sizes.length > 0 ? sizes : [1, 10, 50];
const folder = await mkdtemp(join(tmpdir(), 'etl-bench-merge-'));
const root = join(import.meta.dirname, '..');

/** The code that a run merges with, as a module. */
async function loadMerge() {
  const contents = `
    export { rewriteVersion } from './src/runner/rewrite-version.ts';
    export { openDuckdb } from './src/engine/duckdb.ts';
    export { writeVersion } from './src/lake/write-version.ts';
    export { fileScan } from './src/lake/relation-sql.ts';
    export { openLocalStorage } from './src/storage/local.ts';
  `;
  const outfile = join(root, 'node_modules', `.bench-merge-${process.pid}.mjs`);
  await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  const module = await import(pathToFileURL(outfile).href);
  await rm(outfile);
  return module;
}

/** @param {number} count */
const rowsSql = (count) => `select i as id, (i * 7919) % 1000 as v, i % 97 as w from range(${count}) as t(i)`;
/**
 * Neighbours at the end and a few new ones, or keys from everywhere.
 *
 * @param {number} count
 * @param {string} where
 */
const changesSql = (count, where) =>
  where === 'together'
    ? `select i as id, 1 as v, 2 as w from range(${count - changed + 1000}, ${count + 1000}) as t(i)`
    : `select (i * ${Math.floor(count / changed)}) as id, 1 as v, 2 as w from range(${changed}) as t(i)`;

const { rewriteVersion, openDuckdb, writeVersion, fileScan, openLocalStorage } = await loadMerge();
const columns = ['id', 'v', 'w'].map((name) => ({ name, type: 'BIGINT' }));
/**
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<[number, T]>}
 */
const seconds = async (action) => {
  const started = performance.now();
  const result = await action();
  return [(performance.now() - started) / 1000, result];
};

/**
 * @param {number} count
 * @param {string} where
 */
async function lakeMerge(count, where) {
  const storage = openLocalStorage(join(folder, `lake-${count}-${where}`));
  const engine = await openDuckdb({ tempDir: folder });
  const connection = await engine.connect();
  let id = 0;
  const node = { name: 'm', kind: 'model', schema: { columns }, config: { publish: false } };
  const context = {
    manifest: { project: 'bench' },
    runId: 'bench',
    now: () => new Date(),
    newVersionId: () => `v${++id}`,
    stored: () => ({ logic: '' }),
    lake: {
      write: (/** @type {object} */ request) =>
        writeVersion({ ...request, runId: 'bench', storage, tempDir: folder }),
      scan: (/** @type {unknown[]} */ files) => fileScan(files, storage),
    },
  };
  const task = { planned: { dataKey: '', inputKeys: {} }, node, context };
  const step = (/** @type {string} */ sql) => ({
    kind: 'rewrite',
    sql,
    partitionBy: [],
    orderBy: ['id'],
    match: { by: 'key', columns: ['id'], orderBy: [] },
  });
  const current = await rewriteVersion(step(rowsSql(count)), undefined, task, connection);
  const [time, merged] = await seconds(() =>
    rewriteVersion(step(changesSql(count, where)), current, task, connection),
  );
  const old = new Set(current.files.map((/** @type {{ path: string }} */ file) => file.path));
  const kept = merged.files.filter((/** @type {{ path: string }} */ file) => old.has(file.path)).length;
  connection.close();
  engine.close();
  return {
    time,
    files: current.files.length,
    touched: current.files.length - kept,
    rowCount: merged.rowCount,
  };
}

/**
 * @param {number} count
 * @param {string} where
 */
async function tableMerge(count, where) {
  const path = join(folder, `${count}-${where}.duckdb`);
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(`create table m as ${rowsSql(count)}`);
  await connection.run('checkpoint');
  const [time] = await seconds(async () => {
    await connection.run(
      `merge into m using (${changesSql(count, where)}) as n on m.id = n.id
       when matched then update when not matched then insert`,
    );
    await connection.run('checkpoint');
  });
  const rows = (await connection.runAndReadAll('select count(*) as n from m')).getRowObjects();
  connection.disconnectSync();
  instance.closeSync();
  return { time, rowCount: Number(rows[0]?.n) };
}

try {
  // The first merge of a process pays for code that the others find compiled.
  await lakeMerge(changed * 2, 'together');
  console.log('rows (million)  changed rows   files touched   merge (s)   MERGE INTO (s)   ratio');
  for (const million of millions) {
    for (const where of ['together', 'anywhere']) {
      const count = million * 1_000_000;
      const lake = await lakeMerge(count, where);
      const table = await tableMerge(count, where);
      if (lake.rowCount !== table.rowCount) throw new Error(`${lake.rowCount} rows, not ${table.rowCount}`);
      const cells = [
        String(million).padStart(14),
        where.padEnd(13),
        `${lake.touched} of ${lake.files}`.padStart(14),
        lake.time.toFixed(2).padStart(10),
        table.time.toFixed(2).padStart(15),
        (lake.time / table.time).toFixed(2).padStart(7),
      ];
      console.log(cells.join('  '));
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
