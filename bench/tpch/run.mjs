// `etl build` of 22 models over 1 GB of Parquet, against the same statements in DuckDB alone, in one run.
//   node bench/tpch/run.mjs [scale = 1] [memory limit = 4GB] [rounds = 3]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { generate, tables } from './generate.mjs';
import { models } from './models.mjs';

const scale = Number(process.argv[2] ?? 1);
const memoryLimit = process.argv[3] ?? '4GB';
const work = join(import.meta.dirname, '../.data', `tpch-${scale}`);
const input = join(work, 'input');
const roundCount = Number(process.argv[4] ?? 3);
const cores = cpus().length;

const maker = await (await DuckDBInstance.create()).connect();
const bytes = await generate(maker, input, scale);
maker.disconnectSync();
console.log(
  `cores: ${cores}, memory: ${(totalmem() / 2 ** 30).toFixed(0)} GiB, input: ${(bytes / 1e9).toFixed(2)} GB of Parquet, limit ${memoryLimit}`,
);

const project = join(work, 'project');
rmSync(project, { recursive: true, force: true });
mkdirSync(join(project, 'models'), { recursive: true });
writeFileSync(
  join(project, 'etl.yml'),
  `name: tpch\ntargets:\n  dev: { lake: .etl/lake }\nmodels: { materialized: table }\nengine: { memory_limit: ${memoryLimit} }\n`,
);
writeFileSync(
  join(project, 'sources.yml'),
  `sources:\n  w:\n    connector: file\n    tables:\n${Object.keys(tables(1))
    .map((t) => `      ${t}: { path: ${join(input, t)}.parquet }\n`)
    .join('')}`,
);
for (const [name, sql] of Object.entries(models))
  writeFileSync(join(project, 'models', `${name}.sql`), `${sql}\n`);

/**
 * The same tables and models as one script: what a person would write for DuckDB alone.
 * @param {string} folder
 */
function plainScript(folder) {
  const copy = (
    /** @type {string} */ name,
    /** @type {string} */ sql,
  ) => `copy (${sql}) to '${join(folder, name)}.parquet' (format parquet, compression zstd);
    create view ${name} as select * from read_parquet('${join(folder, name)}.parquet');`;
  return [
    'create schema w;',
    ...Object.keys(tables(1)).map((t) =>
      copy(`w.${t}`, `select * from read_parquet('${join(input, t)}.parquet')`),
    ),
    ...Object.entries(models).map(([name, sql]) => copy(name, sql)),
  ];
}

const baseline = `
import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create(':memory:', { memory_limit: '${memoryLimit}', temp_directory: ${JSON.stringify(join(work, 'spill'))} })).connect();
for (const sql of JSON.parse(process.env.SCRIPT)) await connection.run(sql);
console.error('peak ' + process.resourceUsage().maxRSS);`;

/** @param {() => import('node:child_process').SpawnSyncReturns<string>} action */
function timed(action) {
  const started = performance.now();
  const result = action();
  if (result.status !== 0) throw new Error(`${result.stdout}\n${result.stderr}`);
  return { seconds: (performance.now() - started) / 1000, result };
}

/** @type {{ plain: number, etl: number }[]} */
const rounds = [];
for (let round = 0; round < roundCount; round++) {
  const folder = join(work, 'plain');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const script = plainScript(folder);
  const plain = timed(() =>
    spawnSync(process.execPath, ['--input-type=module', '-e', baseline], {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...process.env, SCRIPT: JSON.stringify(script) },
      encoding: 'utf8',
    }),
  );
  rmSync(join(project, '.etl'), { recursive: true, force: true });
  const peakFile = join(work, 'peak');
  const built = timed(() =>
    spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,process.on('exit',()=>process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(peakFile)},String(process.resourceUsage().maxRSS)))`,
        join(import.meta.dirname, '../../bin/etl.js'),
        'build',
        '--quiet',
      ],
      {
        cwd: project,
        encoding: 'utf8',
      },
    ),
  );
  const peak = Number(await import('node:fs').then((fs) => fs.readFileSync(peakFile, 'utf8'))) / 1024;
  rounds.push({ plain: plain.seconds, etl: built.seconds });
  console.log(
    `round ${round + 1}: DuckDB alone ${plain.seconds.toFixed(1)} s, etl build ${built.seconds.toFixed(1)} s, ratio ${(built.seconds / plain.seconds).toFixed(2)}, etl's peak memory ${peak.toFixed(0)} MB (alone: ${(Number(/peak (\d+)/.exec(plain.result.stderr)?.[1] ?? 0) / 1024).toFixed(0)} MB)`,
  );
}
/** @param {'plain' | 'etl'} key */
const median = (key) => rounds.map((r) => r[key]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? NaN;
console.log(
  `median: ${(median('etl') / median('plain')).toFixed(2)} × DuckDB alone, ${readdirSync(join(project, 'models')).length} models`,
);
