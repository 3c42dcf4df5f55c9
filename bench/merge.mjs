// Merges 100,000 changed rows into tables of 1, 10 and 50 million rows, and the same with MERGE INTO in a DuckDB table.
// node bench/merge.mjs [millions…]     The rows that change lie together, as those of the last days do, or anywhere.
// Many merges one after the other into each, in turns; the table shows the median and the slowest.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { build } from 'esbuild';

const changed = 100_000;
/** @type {Record<string, number>} */
const roundsOf = { together: 21, anywhere: 5 };
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
 * @param {number} round
 */
const changesSql = (count, where, round) =>
  where === 'together'
    ? `select i as id, ${round} as v, 2 as w from range(${count - changed + 1000}, ${count + 1000}) as t(i)`
    : `select (i * ${Math.floor(count / changed)}) as id, ${round} as v, 2 as w from range(${changed}) as t(i)`;

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
 * @typedef {{ round: (changes: string) => Promise<number>, rowCount: () => Promise<number>, files: () => string, close: () => void }} Merger
 * @param {number} count
 * @param {string} where
 * @returns {Promise<Merger>}
 */
async function lakeMerger(count, where) {
  const storage = openLocalStorage(join(folder, `lake-${count}-${where}`));
  const engine = await openDuckdb({ tempDir: folder });
  const connection = await engine.connect();
  let id = 0;
  const node = {
    name: 'm',
    kind: 'model',
    schema: { columns },
    config: { publish: false, columns: [], options: {} },
  };
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
  const mode = { kind: 'incremental', inputsKey: '' };
  const task = { planned: { dataKey: '', inputKeys: {}, mode }, node, context };
  const step = (/** @type {string} */ sql) => ({
    kind: 'rewrite',
    sql,
    partitionBy: [],
    orderBy: ['id'],
    match: { by: 'key', columns: ['id'], orderBy: [] },
  });
  let current = await rewriteVersion(step(rowsSql(count)), undefined, task, connection);
  let touched = '';
  return {
    round: async (changes) => {
      const [time, merged] = await seconds(() => rewriteVersion(step(changes), current, task, connection));
      const kept = new Set(merged.files.map((/** @type {{ path: string }} */ file) => file.path));
      const left = current.files.filter((/** @type {{ path: string }} */ file) => !kept.has(file.path));
      touched = `${left.length} of ${current.files.length}`;
      current = merged;
      return time;
    },
    rowCount: async () => current.rowCount,
    files: () => touched,
    close: () => {
      connection.close();
      engine.close();
    },
  };
}

/**
 * @param {number} count
 * @param {string} where
 * @returns {Promise<Merger>}
 */
async function tableMerger(count, where) {
  const instance = await DuckDBInstance.create(join(folder, `${count}-${where}.duckdb`));
  const connection = await instance.connect();
  await connection.run(`create table m as ${rowsSql(count)}`);
  await connection.run('checkpoint');
  return {
    round: async (changes) => {
      const [time] = await seconds(async () => {
        await connection.run(
          `merge into m using (${changes}) as n on m.id = n.id
           when matched then update when not matched then insert`,
        );
        await connection.run('checkpoint');
      });
      return time;
    },
    rowCount: async () => {
      const rows = (await connection.runAndReadAll('select count(*) as n from m')).getRowObjects();
      return Number(rows[0]?.n);
    },
    files: () => '',
    close: () => {
      connection.disconnectSync();
      instance.closeSync();
    },
  };
}

/**
 * @param {number} count
 * @param {string} where
 */
async function compare(count, where) {
  const mergers = [await lakeMerger(count, where), await tableMerger(count, where)];
  /** @type {number[][]} */
  const times = mergers.map(() => []);
  for (let round = 1; round <= (roundsOf[where] ?? 0); round++)
    for (const [i, merger] of mergers.entries())
      times[i]?.push(await merger.round(changesSql(count, where, round)));
  const [lakeRows, tableRows] = await Promise.all(mergers.map((merger) => merger.rowCount()));
  if (lakeRows !== tableRows) throw new Error(`${lakeRows} rows, not ${tableRows}`);
  for (const merger of mergers) merger.close();
  const [lake, table] = times.map((some) => some.sort((a, b) => a - b));
  return { files: mergers[0]?.files() ?? '', lake: spread(lake), table: spread(table) };
}

/** @param {number[]} [sorted] */
function spread(sorted = []) {
  return { median: sorted[sorted.length >> 1] ?? 0, most: sorted.at(-1) ?? 0 };
}

/** @param {{ median: number, most: number }} times */
const shown = ({ median, most }) => `${median.toFixed(2)} ≤ ${most.toFixed(2)}`;

try {
  // The first merge of a process pays for code that the others find compiled.
  const warmUp = await lakeMerger(changed * 2, 'together');
  await warmUp.round(changesSql(changed * 2, 'together', 0));
  warmUp.close();
  console.log(
    `${cpus().length} cores; the median of ${roundsOf.together} or ${roundsOf.anywhere} merges, and the slowest`,
  );
  console.log('rows (million)  changed rows   files touched     merge (s)   MERGE INTO (s)   ratio');
  for (const million of millions) {
    for (const where of ['together', 'anywhere']) {
      const { files, lake, table } = await compare(million * 1_000_000, where);
      const cells = [
        String(million).padStart(14),
        where.padEnd(13),
        files.padStart(14),
        shown(lake).padStart(12),
        shown(table).padStart(15),
        (lake.median / table.median).toFixed(2).padStart(6),
      ];
      console.log(cells.join('  '));
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
