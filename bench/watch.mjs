// From the save of a leaf to its rebuilt rows, in a watched project of 500 models: node bench/watch.mjs [models = 500]
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { generateModels } from './generate-models.mjs';
import { writeProject } from './write-project.mjs';

const count = Number(process.argv[2] ?? 500);
const folder = join(import.meta.dirname, '.data', `watch-${count}`);
writeProject(folder, count);
const leaf =
  [...generateModels(count).keys()]
    .filter((path) => path.startsWith('models/'))
    .sort()
    .at(-1) ?? '';
const text = readFileSync(join(folder, leaf), 'utf8');

const watcher = spawn(
  process.execPath,
  [process.env.ETL_CLI ?? join(import.meta.dirname, '../bin/etl.js'), 'watch', '--format', 'json'],
  {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const settled = (async function* () {
  for await (const line of createInterface({ input: watcher.stdout })) {
    const event = JSON.parse(line);
    if (event.kind === 'settled') yield event;
  }
})();

/** Waits for the end of a build and returns what it built. */
async function built() {
  const { value } = await settled.next();
  if (value.result.status !== 'success') throw new Error(JSON.stringify(value.result.diagnostics));
  return value.result.nodes.filter((/** @type {{ status: string }} */ node) => node.status === 'success')
    .length;
}

console.log(`cores: ${cpus().length}, ${cpus()[0]?.model}, node ${process.version}`);
const started = performance.now();
await built();
console.log(`first build of ${count} models: ${((performance.now() - started) / 1000).toFixed(1)} s`);
const times = [];
for (let i = 0; i < 21; i++) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  const saved = performance.now();
  writeFileSync(join(folder, leaf), `${text.trimEnd()}\nlimit ${1000 + i}\n`);
  const nodes = await built();
  if (nodes !== 1) throw new Error(`${nodes} nodes were built instead of 1.`);
  times.push(performance.now() - saved);
}
times.sort((a, b) => a - b);
console.log(
  `save to rebuilt rows: ${times[10]?.toFixed(0)} ms at the median of ${times.length}, ${times.at(-1)?.toFixed(0)} ms at most`,
);
watcher.kill('SIGINT');
