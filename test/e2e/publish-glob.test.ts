import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { finished, makeProject, printed, runEtl, startEtl, writeFiles } from '../support/cli.js';
import { randomNumbers } from '../support/random-numbers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Another process, which globs until it is told to stop and then says what it saw. */
const readerCode = (glob: string) => `
import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create()).connect();
const seen = { reads: 0, partitions: 0, wrong: [] };
let stopped = false;
process.on('SIGTERM', () => { stopped = true; });
const sql = \`select k, count(*)::int as count, min(v) as least, max(v) as most, sum(length(text))::int as length
  from read_parquet('${glob}', hive_partitioning = true) group by k\`;
do {
  try {
    for (const { k, count, least, most, length } of (await connection.runAndReadAll(sql)).getRowObjects()) {
      seen.partitions++;
      if (least !== most || count !== 1000 + 10 * most || length !== 8 * count) seen.wrong.push([k, count, least, most, length]);
    }
    if (seen.reads++ === 0) console.log('reading');
  } catch (error) {
    seen.wrong.push(error.message);
  }
  await new Promise((resolve) => setImmediate(resolve));
} while (!stopped);
console.log(JSON.stringify(seen));
`;

test('a glob in another process never fails and sees each partition once, while builds replace, drop and are killed', async () => {
  const random = randomNumbers();
  const folder = makeProject({
    'sources.yml': 'sources:\n  s:\n    connector: file\n    tables:\n      keys: { path: keys.csv }\n',
    'models/sales.sql': `/* model
materialized: table
partition_by: [k]
publish: true
*/
select k, v::int as v, i, left(md5((i * v)::varchar), 8) as text from s.keys, range(1000 + 10 * v) as r(i)
`,
  });
  const writeKeys = (version: number) => {
    const keys = ['a', 'b', 'c', 'd'].filter((key) => key === 'a' || random() < 0.7);
    writeFiles(folder, { 'keys.csv': `k,v\n${keys.map((key) => `${key},${version}\n`).join('')}` });
  };
  writeKeys(0);
  const first = await runEtl(folder, ['build']);
  expect(first.code, first.output).toBe(0);

  const code = readerCode(join(folder, '.etl/lake/sales/**/*.parquet'));
  const reader = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: root });
  const read = finished(reader);
  await printed(reader, /reading/);
  let killed = 0;
  for (let version = 1; version <= 15; version++) {
    writeKeys(version);
    const child = startEtl(folder, ['build']);
    if (version % 3 === 0) {
      // Publishing comes last and takes about as long: each time it is killed somewhere else in it.
      await printed(child, /sales/);
      setTimeout(() => child.kill('SIGKILL'), random() * 150);
    }
    const { code: ended, signal, output } = await finished(child);
    if (signal === 'SIGKILL') killed++;
    else expect(ended, output).toBe(0);
  }
  reader.kill('SIGTERM');
  const { stdout, stderr } = await read;
  expect(stderr).toBe('');
  const seen = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect(seen.wrong).toEqual([]);
  expect(seen.reads).toBeGreaterThan(20);
  expect(killed).toBeGreaterThan(0);
}, 300_000);
