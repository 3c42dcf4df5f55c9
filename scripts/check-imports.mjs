// Enforces that imports under src/ go one way, that nothing imports in a circle, and that each package
// listed below has one home. Type imports count. Usage: node scripts/check-imports.mjs [source folder]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** Folders by layer, lowest first. A folder may import any lower layer, and of its own layer only itself. */
const layers = [
  ['util'],
  ['diagnostics', 'graph', 'schema'],
  ['ir'],
  ['ports'],
  [
    'project',
    'template',
    'compiler',
    'planner',
    'runner',
    'lake',
    'engine',
    'connectors',
    'materializations',
    'publishers',
    'storage',
    'reporters',
    'pins',
    'typegen',
    'checker',
    'diff',
  ],
  ['api', 'testing'],
  ['cli', 'index.ts', 'testing.ts'],
];

/** Packages that only one folder may import. */
const packageHomes = [{ package: '@duckdb/', home: 'engine' }];

const root = (process.argv[2] ?? 'src').replace(/\/$/, '');
const layerOf = new Map(layers.flatMap((folders, level) => folders.map((folder) => [folder, level])));

/** @type {string[]} */
const breaches = [];
/** @type {Map<string, { target: string, line: number }[]>} */
const graph = new Map();

for (const file of sourceFiles()) {
  const imports = importsOf(file);
  if (isTest(file)) continue;
  /** @type {{ target: string, line: number }[]} */
  const edges = [];
  graph.set(file, edges);
  for (const { specifier, line } of imports) {
    const complain = (/** @type {string} */ why) => breaches.push(`${root}/${file}:${line}  ${why}`);
    if (!specifier.startsWith('.')) {
      const rule = packageHomes.find((home) => specifier.startsWith(home.package));
      if (rule && folderOf(file) !== rule.home) {
        complain(`${folderOf(file)} imports ${specifier}: only ${rule.home} may`);
      }
      continue;
    }
    const target = resolve(file, specifier);
    if (target === undefined) {
      complain(`${specifier} is no file under ${root}/`);
      continue;
    }
    edges.push({ target, line });
    const problem = isTest(target) ? `imports test code, ${target}` : layerProblem(file, target);
    if (problem) complain(problem);
  }
}

for (const cycle of findCycles()) {
  breaches.push(
    `${root}/${cycle[0]?.file}:${cycle[0]?.line}  cycle: ${[...cycle, cycle[0]].map((step) => step?.file).join(' → ')}`,
  );
}

for (const breach of breaches) console.log(breach);
console.log(`${graph.size} files, ${breaches.length} breaches of the import rule`);
process.exitCode = breaches.length > 0 ? 1 : 0;

function sourceFiles() {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(ts|tsx|mts|js|mjs)$/.test(file))
    .sort();
}

/** The folder directly under the root, or the file's name when it stands in the root itself. */
function folderOf(/** @type {string} */ file) {
  return file.split('/')[0] ?? file;
}

/** Tests, and what several of them share. */
function isTest(/** @type {string} */ file) {
  return /(\.test|-conformance|-fixtures?|-test-bench)\.ts$/.test(file);
}

function importsOf(/** @type {string} */ file) {
  const text = readFileSync(join(root, file), 'utf8');
  const { program } = parseSync(file, text);
  /** @type {{ specifier: string, line: number }[]} */
  const found = [];
  const add = (/** @type {unknown} */ source) => {
    const { value, start } = /** @type {{ value?: unknown, start: number }} */ (source ?? { start: 0 });
    if (typeof value === 'string')
      found.push({ specifier: value, line: text.slice(0, start).split('\n').length });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  }).visit(program);
  return found;
}

function resolve(/** @type {string} */ from, /** @type {string} */ specifier) {
  const target = normalize(join(dirname(from), specifier)).replaceAll('\\', '/');
  return [target.replace(/\.js$/, '.ts'), target].find((candidate) => existsSync(join(root, candidate)));
}

/** @returns {string | undefined} */
function layerProblem(/** @type {string} */ from, /** @type {string} */ to) {
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === target) return undefined;
  const [sourceLayer, targetLayer] = [layerOf.get(source), layerOf.get(target)];
  if (sourceLayer === undefined) return `${source} is not in the table of layers`;
  if (targetLayer === undefined) return `imports ${to}: ${target} is not in the table of layers`;
  if (targetLayer < sourceLayer) return undefined;
  const relation = targetLayer === sourceLayer ? 'stands beside it' : 'stands above it';
  return `${source} imports ${to}: ${target} ${relation}`;
}

/** One shortest cycle for every group of files that import each other. */
function findCycles() {
  /** @type {{ file: string, line: number }[][]} */
  const cycles = [];
  const reported = new Set();
  for (const start of graph.keys()) {
    if (reported.has(start)) continue;
    const cycle = shortestCycle(start);
    for (const { file } of cycle) reported.add(file);
    if (cycle.length > 0) cycles.push(cycle);
  }
  return cycles;
}

/** Breadth first from `start` back to itself; empty when there is no way. */
function shortestCycle(/** @type {string} */ start) {
  /** @type {Map<string, { from: string, line: number }>} */
  const cameFrom = new Map();
  const queue = [start];
  for (const file of queue) {
    for (const { target, line } of graph.get(file) ?? []) {
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, { from: file, line });
      queue.push(target);
    }
    if (cameFrom.has(start)) break;
  }
  /** @type {{ file: string, line: number }[]} */
  const steps = [];
  for (let step = cameFrom.get(start); step; step = cameFrom.get(step.from)) {
    steps.unshift({ file: step.from, line: step.line });
    if (step.from === start) break;
  }
  return steps;
}
