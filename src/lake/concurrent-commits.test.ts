import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openLocalStorage } from '../storage/local.js';
import { Lake } from './lake.js';
import { commitPrefix } from './lake-keys.js';

const processes = 6;
const commitsEach = 30;

const worker = `
import { openLocalStorage } from './src/storage/local.ts';
import { Lake } from './src/lake/lake.ts';

const [dir, name, count] = process.argv.slice(2);
const version = (table, id) => ({
  format: 1, id, table, kind: 'table', schema: { columns: [] }, partitionBy: [], files: [], rowCount: 0,
  sizeBytes: 0, publish: false, audits: [],
  provenance: { project: 'p', runId: name, createdAt: '', dataKey: '', logic: '', inputs: {} },
});
const lake = new Lake(openLocalStorage(dir));
const outcome = { own: [], won: [], lost: 0 };
for (let i = 0; i < Number(count); i++) {
  const base = await lake.snapshot();
  const commit = (table) => lake.commit({
    base, runId: name + '-' + table + '-' + i, operation: 'build', reads: new Map(), now: () => new Date(),
    changes: new Map([[table, version(table, name + '-' + i)]]),
  });
  outcome.own.push(await commit('table_' + name));
  try {
    outcome.won.push(await commit('shared'));
  } catch (thrown) {
    if (thrown.diagnostics?.[0]?.code !== 'lake/conflict') throw thrown;
    outcome.lost++;
  }
}
console.log(JSON.stringify(outcome));
`;

test('processes that commit at once: none lost, none doubled, no gaps; on one table one wins', async () => {
  const dir = await folderOfTest('lake');
  const script = join(dir, 'worker.mjs');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await build({
    stdin: { contents: worker, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
  });
  const lakeDir = join(dir, 'lake');
  const outcomes = await Promise.all(
    Array.from({ length: processes }, (_, i) => runWorker(script, [lakeDir, `p${i}`, String(commitsEach)])),
  );
  const storage = openLocalStorage(lakeDir);
  const own = outcomes.flatMap((outcome) => outcome.own);
  const won = outcomes.flatMap((outcome) => outcome.won);
  expect(own).toHaveLength(processes * commitsEach);
  const numbers = [...own, ...won].sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
  expect(won.length).toBeGreaterThanOrEqual(commitsEach);
  expect(won.length + outcomes.reduce((sum, outcome) => sum + outcome.lost, 0)).toBe(processes * commitsEach);
  const keys: string[] = [];
  for await (const { key } of storage.list(commitPrefix)) keys.push(key);
  expect(keys).toHaveLength(numbers.length);

  // Each winner on the shared table had seen the one before it.
  const lake = new Lake(storage);
  const commits = await lake.log.readFrom(1);
  const shared = commits.filter((commit) => 'shared' in commit.changes);
  expect(shared.map((commit) => commit.number)).toEqual([...won].sort((a, b) => a - b));
  const snapshot = await new Lake(storage).snapshot();
  expect(snapshot.commit).toBe(numbers.length);
  expect(snapshot.tables.get('shared')?.id).toBe(shared.at(-1)!.changes.shared);
  expect(snapshot.tables.get('table_p0')?.id).toBe(`p0-${commitsEach - 1}`);
}, 60_000);

function runWorker(script: string, args: string[]): Promise<{ own: number[]; won: number[]; lost: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`exit ${code}`)),
    );
  });
}
