// A thousand rows that come late into 10 million rows of a year, summed up by day: what following them costs.
// node bench/late-rows.mjs [millions = 10]     With `late_rows: warn` and `build`, over a source that lands new files
// only and over one that lands as a whole; the time of the model's node, at the median of seven builds.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const rowCount = Number(process.argv[2] ?? 10) * 1_000_000;
const folder = join(import.meta.dirname, '.data', 'late-rows');
const cli = join(import.meta.dirname, '../bin/etl.js');
const connection = await (await DuckDBInstance.create()).connect();

/**
 * @param {string} file
 * @param {string} ids
 * @param {string} time
 */
async function writeRows(file, ids, time) {
  await connection.run(
    `copy (select i as id, ${time} as t, i * 7 % 1000 as v, 'user' || i % 100000 as u from range(${ids}) as r(i))
     to '${join(folder, file)}'`,
  );
}

/** @param {Record<string, string>} files */
function writeFiles(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Builds, and returns how long the model took, in seconds, and what it made. */
function build() {
  const args = [cli, 'build', '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout + stderr);
  const lines = stdout.trim().split('\n');
  const { result } = JSON.parse(lines.at(-1) ?? '');
  const node = result.nodes.find((/** @type {{ name: string }} */ { name }) => name === 'days');
  return { seconds: node.durationMs / 1000, intervals: node.intervals };
}

/**
 * @param {string} landing
 * @param {string} lateRows
 */
async function measure(landing, lateRows) {
  rmSync(folder, { recursive: true, force: true });
  writeFiles({
    'etl.yml': 'name: late\n',
    'sources.yml': `sources: { s: { connector: file, tables: { t: { path: data/*.parquet, event_time: t ${landing} } } } }\n`,
    'models/days.sql': `/* model
materialized: incremental
strategy: time_range
event_time: day
interval: day
begin: 2023-01-01
late_rows: ${lateRows}
*/
select t::date as day, u, count(*) as n, sum(v) as v from s.t group by all
`,
    'data/.keep': '',
  });
  await writeRows('data/0.parquet', `${rowCount}`, "timestamp '2023-01-01' + interval (i % 31536000) second");
  const { seconds: full } = build();
  /** @type {number[]} */
  const times = [];
  for (let round = 1; round <= 7; round++) {
    const first = rowCount + round * 1000;
    const day = `timestamp '2023-03-01' + interval (i % 3600) second + interval ${round} day`;
    await writeRows(`data/${round}.parquet`, `${first}, ${first + 1000}`, day);
    const { seconds, intervals } = build();
    const wanted = lateRows === 'build' ? 2 : 1;
    if (intervals.length !== wanted) throw new Error(`${JSON.stringify(intervals)}, not ${wanted}`);
    times.push(seconds);
  }
  return { full, median: times.sort((a, b) => a - b)[3] ?? Number.NaN };
}

console.log(`cores: ${cpus().length}, ${cpus()[0]?.model}, node ${process.version}`);
for (const [name, landing] of [
  ['new files only', ', cursor: id'],
  ['as a whole', ''],
])
  for (const lateRows of ['warn', 'build']) {
    const { full, median } = await measure(landing ?? '', lateRows);
    console.log(
      `lands ${name}, late_rows: ${lateRows}: full build ${full.toFixed(2)} s, then ${median.toFixed(2)} s`,
    );
  }
rmSync(folder, { recursive: true, force: true });
