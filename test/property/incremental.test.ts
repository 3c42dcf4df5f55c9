import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backfillProject, buildProject, buildStopped } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import {
  expectFullBuild,
  nightly,
  onDisk,
  onR2,
  type PropertyTarget,
  runsOf,
} from '../support/property-target.js';

const numRuns = runsOf(50, 500);

/** Days before the latest one that a late row may be of. */
const lookback = 2;

type Step =
  | {
      readonly kind: 'new' | 'late';
      readonly rows: readonly { readonly key: number; readonly days: number }[];
    }
  | { readonly kind: 'duplicate'; readonly at: number }
  | { readonly kind: 'build' | 'retry' | 'backfill' }
  | { readonly kind: 'crash'; readonly afterEvents: number }
  | { readonly kind: 'logic'; readonly factor: number };

const rows = fc.array(fc.record({ key: fc.nat({ max: 6 }), days: fc.nat({ max: lookback }) }), {
  minLength: 1,
  maxLength: 4,
});
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('new' as const), rows }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('late' as const), rows }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('duplicate' as const), at: fc.nat({ max: 9 }) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('build' as const, 'retry' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('backfill' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('crash' as const), afterEvents: fc.nat({ max: 8 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('logic' as const), factor: fc.integer({ min: 1, max: 3 }) }),
    },
  ),
  { minLength: 2, maxLength: nightly ? 9 : 6 },
);

const since = '${when(incremental, sql`where seq > (select coalesce(max(seq), -1) from ${self})`)}';
const tables = ['appended', 'merged', 'by_day', 'by_time'];

const header = (strategy: string, options: string) =>
  `/* model\nmaterialized: incremental\nstrategy: ${strategy}\n${options}\n*/\n`;

function models(factor: number): Readonly<Record<string, string>> {
  return {
    'models/appended.sql': `${header('append', '')}select seq, k, seq * ${factor} as v from s.t ${since}
qualify row_number() over (partition by seq order by k) = 1`,
    'models/merged.sql': `${header('merge', 'unique_key: k\norder_by: seq')}select k, seq, seq * ${factor} as v from s.t ${since}`,
    'models/by_day.sql': `${header('overwrite_partitions', 'partition_by: day')}
select cast(t as date) as day, max(seq) as seq, count(*) as n, sum(seq) * ${factor} as v
from (select distinct * from s.t)
\${when(incremental, sql\`where cast(t as date) in (select cast(t as date) from s.t where seq > (select coalesce(max(seq), -1) from \${self}))\`)}
group by all`,
    'models/by_time.sql': `${header('time_range', `event_time: t\ninterval: day\nbegin: 2024-01-01\nlookback: ${lookback}`)}
select distinct seq, t, seq * ${factor} as v from s.t`,
  };
}

const sources = `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, event_time: t, columns: { seq: BIGINT, k: BIGINT, t: TIMESTAMP } }
`;

/** Builds a project, which must go well; rows may come late, more so where others are delivered twice. */
async function buildSoundly(folder: string): Promise<void> {
  const { status, diagnostics, nodes } = await buildProject(folder);
  const said = [...diagnostics, ...nodes.flatMap((node) => node.diagnostics)];
  expect(said.filter(({ code }) => code !== 'run/late-rows')).toEqual([]);
  expect(status).toBe('success');
}

/** Carries out a sequence, and holds what came of it against one full build of the same data. */
async function checkSequence(sequence: readonly Step[], target: PropertyTarget): Promise<void> {
  const lines: string[] = [];
  let day = 0;
  const deliver = (key: number, at: number) => {
    const moment = new Date(Date.UTC(2024, 0, 1 + Math.max(0, at), lines.length % 24)).toISOString();
    lines.push(`${lines.length},${key},${moment.slice(0, 19).replace('T', ' ')}`);
  };
  deliver(0, 0);
  let files = 0;
  let written = 0;
  const flush = () => {
    const fresh = lines.slice(written);
    written = lines.length;
    return fresh.length > 0 ? { [`data/${++files}.csv`]: `seq,k,t\n${fresh.join('\n')}\n` } : {};
  };
  const folder = makeProject({ 'sources.yml': sources, ...models(1), ...target.files, ...flush() });
  const storage = await target.storage?.(folder);
  for (const step of sequence) {
    switch (step.kind) {
      case 'new':
      case 'late':
        for (const { key, days } of step.rows) {
          if (step.kind === 'new') day += days;
          deliver(key, step.kind === 'new' ? day : day - days);
        }
        writeFiles(folder, flush());
        break;
      case 'duplicate':
        writeFiles(folder, { [`data/${++files}.csv`]: `seq,k,t\n${lines[step.at % lines.length]}\n` });
        break;
      case 'logic':
        writeFiles(folder, models(step.factor));
        break;
      case 'build':
      case 'retry':
        await buildSoundly(folder);
        break;
      case 'backfill':
        await backfillProject(folder, {
          model: 'by_time',
          from: '2024-01-01',
          to: '2024-03-01',
        });
        break;
      case 'crash':
        await buildStopped(folder, step.afterEvents);
        break;
    }
  }
  await buildSoundly(folder);
  await expectFullBuild(folder, tables, storage);
}

test(`${numRuns} random sequences of new, late and repeated rows, crashes, backfills and changed queries end as one full build`, async () => {
  await onDisk(steps, numRuns, checkSequence);
}, 3_600_000);

test('the same on R2', async () => {
  await onR2(steps, nightly ? 50 : 2, checkSequence);
}, 3_600_000);
