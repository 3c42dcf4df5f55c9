// The lake's hot paths: node bench/lake/run.mjs [partitions] [upload] [commits]   default: all
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const wanted = process.argv.slice(2);
const outfile = join(import.meta.dirname, '../.data/lake-measures.mjs');
mkdirSync(join(outfile, '..'), { recursive: true });
await build({
  entryPoints: [join(import.meta.dirname, 'measures.ts')],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
console.log(`cores: ${cpus().length}, ${cpus()[0]?.model}, node ${process.version}`);
/** @type {Record<string, () => Promise<string>>} */
const measures = await import(pathToFileURL(outfile).href);
for (const [name, measure] of Object.entries(measures)) {
  if (wanted.length === 0 || wanted.includes(name)) console.log(`${name}: ${await measure()}`);
}
