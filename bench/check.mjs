// `etl check` of 500 models that call typed macros: cold, unchanged, and one changed file in a running process.
// Usage: node bench/check.mjs [models = 500]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundle } from '../scripts/bundle.mjs';
import { generateModels } from './generate-models.mjs';

const count = Number(process.argv[2] ?? 500);
const project = join(import.meta.dirname, '.data', `check-${count}`);
const bin = mkdtempSync(join(import.meta.dirname, '../node_modules/.bench-'));
process.on('exit', () => rmSync(bin, { recursive: true }));
const first = writeTypedProject();
await bundle(bin);
const cli = join(bin, 'start.cjs');

console.log(`cores: ${cpus().length}, ${cpus()[0]?.model}, node ${process.version}`);
const cold = [];
for (let i = 0; i < 11; i++) {
  rmSync(join(project, '.etl'), { recursive: true, force: true });
  cold.push(run('check'));
}
// The second run of a command keeps its compiled code for those behind it.
say('cold, the first run after the installation', cold.slice(0, 1));
say('cold, from the third run on', cold.slice(2));
// Files that are younger than two seconds are read again, to be safe.
await new Promise((resolve) => setTimeout(resolve, 2500));
run('check');
const plain = [];
const checked = [];
for (let i = 0; i < 9; i++) {
  plain.push(run('ls'));
  checked.push(run('check'));
}
say('nothing changed, compile alone (etl ls)', plain);
say('nothing changed, check', checked);
const times = await changes(60);
// V8 compiles what runs often while the first of them are made.
say('one changed file in a running process, the first 15', times.slice(0, 15));
say('one changed file in a running process, from then on', times.slice(15));

/** @param {string} command */
function run(command) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, command], {
    cwd: project,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout + stderr);
  return performance.now() - started;
}

/** @param {string} what @param {readonly number[]} times */
function say(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const [least, median] = [sorted[0], sorted[Math.floor(sorted.length / 2)]];
  console.log(
    `${what}: ${median?.toFixed(0)} ms at the median of ${times.length}, ${least?.toFixed(0)} ms at best`,
  );
}

/** Reads, compiles and checks the project again after each change, as `watch` does. @param {number} rounds */
async function changes(rounds) {
  const outfile = join(bin, 'in-process.mjs');
  await build({
    stdin: {
      contents:
        "export { openWorkspace } from './src/api/workspace.ts'; export { compileProject } from './src/api/compile-project.ts';",
      resolveDir: join(import.meta.dirname, '..'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const { openWorkspace, compileProject } = await import(outfile);
  const { value: workspace } = await openWorkspace({ projectDir: project });
  const snapshot = { commit: 0, tables: new Map() };
  const times = [];
  for (let i = 0; i <= rounds; i++) {
    // Right when it runs and wrong for TypeScript; another text each time, so that nothing is remembered.
    const isWrong = i % 2 === 1;
    const column = isWrong ? `String('id')/* ${i} */)` : `'id'/* ${i} */)`;
    writeFileSync(join(project, first.path), first.text.replace("'id')", column));
    const started = performance.now();
    const { value: next } = await workspace.reread();
    const { value, diagnostics } = await compileProject(next, snapshot);
    const found = await value.checkTypes(diagnostics);
    // The first round starts TypeScript.
    if (i > 0) times.push(performance.now() - started);
    if (found.length !== (isWrong ? 1 : 0)) throw new Error(JSON.stringify(found, undefined, 2));
  }
  writeFileSync(join(project, first.path), first.text);
  await workspace.close();
  return times;
}

/** Models whose first input goes through a macro; returns the first one. */
function writeTypedProject() {
  rmSync(project, { recursive: true, force: true });
  const files = generateModels(count);
  files.set('etl.yml', `${files.get('etl.yml')}vars: { least: 0 }\n`);
  files.set(
    'macros/kept.ts',
    `import { type Relation, sql, vars } from 'parquetry';

export const kept = <Row>(from: Relation<Row>, column: keyof Row & string) =>
  sql\`(select * from \${from} where \${sql.ref(column)} >= \${vars.least})\`;
`,
  );
  for (const [path, text] of files) {
    if (path.startsWith('models/')) {
      files.set(
        path,
        text.replace(
          /\bfrom ((?:raw\.)?(\w+_\d+))( as \w+)?/,
          (/** @type {string} */ _, table, name, alias = ` as ${name}`) =>
            `from \${kept(ref('${table}'), 'id')}${alias}`,
        ),
      );
    }
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const path = [...files.keys()].filter((file) => file.startsWith('models/')).at(-1) ?? '';
  return { path, text: readFileSync(join(project, path), 'utf8') };
}
