// `etl build` with nothing changed on 100 models, as a whole process: node bench/unchanged.mjs [models = 100]
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { writeProject } from './write-project.mjs';

const count = Number(process.argv[2] ?? 100);
const folder = join(import.meta.dirname, '.data', `unchanged-${count}`);
writeProject(folder, count);
const cli = process.env.ETL_CLI ?? join(import.meta.dirname, '../bin/etl.js');

/** @param {readonly string[]} args */
function run(args) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout + stderr);
  return { milliseconds: performance.now() - started, stdout };
}

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

console.log(`cores: ${cpus().length}, ${cpus()[0]?.model}, node ${process.version}`);
console.log(`first build of ${count} models: ${(run([cli, 'build']).milliseconds / 1000).toFixed(2)} s`);
// Files that are younger than two seconds are read again, to be safe.
await new Promise((resolve) => setTimeout(resolve, 2500));
run([cli, 'build']);
const builds = [];
const nodes = [];
for (let i = 0; i < 11; i++) {
  nodes.push(run(['-e', '0']).milliseconds);
  const { milliseconds, stdout } = run([cli, 'build']);
  if (!stdout.includes('Nothing to do')) throw new Error(`Something was built:\n${stdout}`);
  builds.push(milliseconds);
}
console.log(
  `nothing changed: ${median(builds).toFixed(0)} ms at the median of ${builds.length}, of which node alone ${median(nodes).toFixed(0)} ms`,
);
