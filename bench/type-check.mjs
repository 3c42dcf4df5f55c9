// Type-checks a project of N model modules with macros in memory: cold, and after a change of one module.
// Usage: npm run build && node bench/type-check.mjs [N]
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const count = Number(process.argv[2] ?? 500);
const folder = mkdtempSync(path.resolve('node_modules/.bench-'));
const outfile = path.join(folder, 'type-checker.mjs');
await build({
  entryPoints: ['src/checker/type-checker.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['typescript'],
});

const numbers = Array.from({ length: count }, (_, i) => i);
const columns = Array.from({ length: 12 }, (_, c) => `c${c}: ${c % 3 ? 'string | null' : 'bigint'}`).join(
  '; ',
);
const model = (
  /** @type {number} */ i,
  key = `amount_${i}`,
) => `import { ref, sql, vars, when, incremental } from 'parquetry';
import { dedupe } from '../macros/all.ts';
export const parts = [ref('m${(i * 7) % count}'), dedupe(ref('m${i}'), { key: '${key}' }), when(incremental, sql\`x > \${vars.start_date}\`)];
`;
const files = new Map([
  [
    '.etl/types/database.d.ts',
    `import 'parquetry';
declare module 'parquetry' {
  interface Database { ${numbers.map((i) => `m${i}: { ${columns}; amount_${i}: number }`).join('; ')} }
  interface Vars { start_date: string }
}`,
  ],
  [
    'macros/all.ts',
    `import { type RawBuilder, type Relation, sql } from 'parquetry';
export const dedupe = <Row>(from: Relation<Row>, options: { key: keyof Row & string }): RawBuilder<unknown> =>
  sql\`select distinct on (\${sql.ref(options.key)}) * from \${from}\`;`,
  ],
  ...numbers.map((i) => /** @type {[string, string]} */ ([`models/m${i}.sql.ts`, model(i)])),
]);

const start = performance.now();
const { openTypeChecker } = await import(outfile);
const loaded = performance.now();
const checker = openTypeChecker({
  rootDir: folder,
  paths: { parquetry: path.resolve('dist/types/index.d.ts') },
});
const check = (/** @type {number} */ expected) => {
  const before = performance.now();
  const found = checker.check(files);
  if (found.length !== expected)
    throw new Error(`expected ${expected} errors: ${JSON.stringify(found.slice(0, 3))}`);
  return performance.now() - before;
};
const cold = check(0);
const warm = Array.from({ length: 9 }, (_, i) => {
  files.set('models/m1.sql.ts', model(1, i % 2 ? 'c1' : 'nope'));
  return check(i % 2 ? 0 : 1);
}).sort((a, b) => a - b);
checker.close();
rmSync(folder, { recursive: true });
console.log(
  `load ${(loaded - start).toFixed(0)} ms, ${count} modules ${cold.toFixed(0)} ms, one changed ${warm[4]?.toFixed(1)} ms (median of 9)`,
);
