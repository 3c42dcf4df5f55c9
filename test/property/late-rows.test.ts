import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { backfillProject, buildStopped, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import {
  expectFullBuild,
  nightly,
  onDisk,
  onR2,
  type PropertyTarget,
  runsOf,
} from '../support/property-target.js';

const numRuns = runsOf(20, 300);

/** Rows of a file: an id and a day of the year each. */
const rows = fc.array(fc.record({ id: fc.nat({ max: 9 }), day: fc.nat({ max: 45 }) }), {
  minLength: 1,
  maxLength: 4,
});
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), rows }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('rewrite' as const), at: fc.nat({ max: 9 }), rows }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fc.nat({ max: 9 }) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('build' as const, 'land' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('backfill' as const),
        model: fc.constantFrom('daily', 'monthly', 'counted'),
        from: fc.nat({ max: 30 }),
        again: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('remake' as const),
        materialized: fc.constantFrom('view', 'table', 'ephemeral'),
        without: fc.nat({ max: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('crash' as const), afterEvents: fc.nat({ max: 8 }) }),
    },
  ),
  { minLength: 2, maxLength: nightly ? 10 : 7 },
);

const model = (interval: string, query: string, more = '') =>
  `/* model\nmaterialized: incremental\nstrategy: time_range\nevent_time: t\ninterval: ${interval}\nbegin: 2024-01-01\nlate_rows: build\n${more}*/\n${query}\n`;
function newest(materialized: string, without: number): Readonly<Record<string, string>> {
  const query = `select id, t, v from s.t where id <> ${without} qualify row_number() over (partition by id order by v desc, t) = 1`;
  return { 'models/newest.sql': `/* model\nmaterialized: ${materialized}\nevent_time: t\n*/\n${query}\n` };
}
const tables = ['daily', 'monthly', 'counted'];
const project = {
  'sources.yml':
    'sources:\n  s:\n    connector: file\n    tables:\n      t: { path: data/*.csv, event_time: t, columns: { id: BIGINT, t: TIMESTAMP, v: BIGINT } }\n',
  'models/daily.sql': model('day', 'select id, t, v from s.t', 'batch_size: 3\n'),
  ...newest('view', 10),
  'models/monthly.sql': model('month', 'select t, id, v from newest'),
  'models/counted.sql': model(
    'week',
    "select date_trunc('week', t) as t, count(*) as n, sum(v) as v from daily group by all",
    'lookback: 1\n',
  ),
};
const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + n, 10)).toISOString().slice(0, 19);

type Step = typeof steps extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

/** Carries out a sequence, and holds what came of it against one full build of the same data. */
async function checkSequence(sequence: readonly Step[], target: PropertyTarget): Promise<void> {
  let value = 0;
  const file = (of: readonly { readonly id: number; readonly day: number }[]) =>
    `id,t,v\n${of.map((row) => `${row.id},${day(row.day)},${++value}\n`).join('')}`;
  const names = ['data/0.csv'];
  const folder = makeProject({ ...project, ...target.files, 'data/0.csv': file([{ id: 0, day: 3 }]) });
  const storage = await target.storage?.(folder);
  const anyFile = (at: number) => names[at % names.length]!;
  for (const step of sequence) {
    switch (step.kind) {
      case 'deliver':
        names.push(`data/${++value}.csv`);
        writeFiles(folder, { [names.at(-1)!]: file(step.rows) });
        break;
      case 'rewrite':
        writeFiles(folder, { [anyFile(step.at)]: file(step.rows) });
        break;
      case 'remove':
        if (names.length > 1) rmSync(join(folder, names.splice(step.at % names.length, 1)[0]!));
        break;
      case 'remake':
        writeFiles(folder, newest(step.materialized, step.without));
        break;
      case 'build':
        await buildWell(folder);
        break;
      case 'land':
        await buildWell(folder, { select: ['s.t'] });
        break;
      case 'backfill':
        await backfillProject(folder, {
          model: step.model,
          from: day(step.from).slice(0, 10),
          to: day(step.from + 5).slice(0, 10),
          again: step.again,
        });
        break;
      case 'crash':
        await buildStopped(folder, step.afterEvents);
    }
  }
  await buildWell(folder);
  await expectFullBuild(folder, tables, storage);
}

test(`${numRuns} random sequences of rows that come, change and go anywhere end as one full build`, async () => {
  await onDisk(steps, numRuns, checkSequence);
}, 3_600_000);

test('the same on R2', async () => {
  await onR2(steps, nightly ? 30 : 2, checkSequence);
}, 3_600_000);
