// `etl compile` of 10,000 models as a whole process: cold, with nothing changed, and with one file changed.
// Usage: node bench/compile.mjs [models = 10000]
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { writeProject } from './write-project.mjs';

const count = Number(process.argv[2] ?? 10_000);
// A folder of its own: some file systems are slow where many files were just deleted.
const folder = join(import.meta.dirname, '.data', `compile-${count}-${process.pid}`);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeProject(folder, count);
const cli = process.env.ETL_CLI ?? join(import.meta.dirname, '../bin/etl.js');
const reportMemory = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process._rawDebug("peak " + process.resourceUsage().maxRSS));',
)}`;

console.log(`cores: ${cpus().length}, ${cpus()[0]?.model}, node ${process.version}`);
const cold = compile();
console.log(`cold: ${(cold.milliseconds / 1000).toFixed(2)} s, ${cold.megabytes.toFixed(0)} MB at the peak`);
// Files that are younger than two seconds are read again, to be safe.
await new Promise((resolve) => setTimeout(resolve, 2500));
compile();
say(
  'nothing changed',
  Array.from({ length: 5 }, () => compile()),
);
const changed = join(folder, `models/layer_${count > 5000 ? '050' : '000'}`);
const [file] = readdirSync(changed).sort();
const path = join(changed, String(file));
const text = readFileSync(path, 'utf8');
say(
  'one file changed',
  Array.from({ length: 5 }, (_, i) => {
    writeFileSync(path, `${text}-- change ${i}\nlimit ${i + 10}\n`);
    return compile();
  }),
);
writeFileSync(path, text);

function compile() {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', reportMemory, cli, 'compile'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (status !== 0) throw new Error(stdout + stderr);
  const peak = Number(/^peak (\d+)$/m.exec(stderr)?.[1]);
  return { milliseconds: performance.now() - started, megabytes: peak / 1000 };
}

/** @param {string} what @param {readonly { milliseconds: number, megabytes: number }[]} runs */
function say(what, runs) {
  const sorted = runs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const [least, median] = [sorted[0], sorted[Math.floor(sorted.length / 2)]];
  console.log(
    `${what}: ${median?.toFixed(0)} ms at the median of ${runs.length}, ${least?.toFixed(0)} ms at best`,
  );
}
