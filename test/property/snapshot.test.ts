import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { runsOf } from '../support/property-target.js';
import { tableRows } from '../support/table-rows.js';

const numRuns = runsOf(15, 200);

/** The state of up to four things at one look: value and day of change by key; 0 for none. */
const look = fc.uniqueArray(
  fc.record({ id: fc.nat({ max: 3 }), v: fc.nat({ max: 2 }), day: fc.nat({ max: 9 }) }),
  { selector: ({ id }) => id, maxLength: 4 },
);
const lives = fc.array(fc.record({ look, crash: fc.boolean() }), { minLength: 1, maxLength: 4 });
const hardDeletes = fc.constantFrom('ignore', 'invalidate', 'new_record');
const strategy = fc.constantFrom('updated_at: u', 'check_columns: all', 'check_columns: [v]');

test('whatever is seen, and whatever is cut off: no stretches of validity overlap, and what is current is what was seen', async () => {
  await fc.assert(
    fc.asyncProperty(lives, hardDeletes, strategy, async (looks, deletes, by) => {
      const file = (rows: (typeof looks)[number]['look']) => ({
        'data/t.csv': `id,v,u\n${rows.map(({ id, v, day }) => `${id},${v},${day ? `2024-01-0${day}` : ''}`).join('\n')}\n`,
      });
      const folder = makeProject({
        'sources.yml': `sources:
  s:
    connector: file
    tables:
      t: { path: data/t.csv, columns: { id: BIGINT, v: BIGINT, u: TIMESTAMP } }
`,
        'models/m.sql': `/* model\nmaterialized: snapshot\nunique_key: id\nhard_deletes: ${deletes}\n${by}\n*/\nselect * from s.t\n`,
      });
      const newest = new Map<number, { v: number; day: number }>();
      for (const { look: rows, crash } of looks) {
        writeFiles(folder, file(rows));
        if (crash) {
          const controller = new AbortController();
          const onEvent = ({ kind }: { kind: string }) => kind === 'node-finished' && controller.abort();
          await buildProject(folder, { signal: controller.signal, onEvent });
        }
        await buildWell(folder);
        expect((await buildWell(folder)).commit).toBeUndefined();
        for (const { id, v, day } of rows) {
          const known = newest.get(id);
          if (!by.startsWith('updated_at') || !known || day > known.day) newest.set(id, { v, day });
        }
        const records = (await tableRows(folder, 'm')).map((row) => row.split('|'));
        const current = records.filter((row) => row[5] === 'true' && row[6] !== 'true');
        const ids = new Set(rows.map(({ id }) => String(id)));
        const expected = [...newest].filter(([id]) => deletes === 'ignore' || ids.has(String(id)));
        // With an update that is older than what is known, a thing that came back shows what came back.
        if (deletes === 'ignore' || !by.startsWith('updated_at')) {
          expect(new Map(current.map((row) => [Number(row[0]), Number(row[1])]))).toEqual(
            new Map(expected.map(([id, { v }]) => [id, v])),
          );
        } else {
          expect(new Set(current.map((row) => Number(row[0])))).toEqual(new Set(expected.map(([id]) => id)));
        }
        for (const id of new Set(records.map((row) => row[0]))) {
          const own = records.filter((row) => row[0] === id).sort((a, b) => (a[3]! < b[3]! ? -1 : 1));
          for (const [i, row] of own.entries()) {
            const next = own[i + 1];
            if (row[4] !== 'NULL') expect(row[3]! < row[4]!).toBe(true);
            if (next) expect(row[4] !== 'NULL' && row[4]! <= next[3]!).toBe(true);
            expect(row[5]).toBe(String(row[4] === 'NULL'));
          }
        }
      }
    }),
    { numRuns, endOnFailure: true },
  );
}, 1_200_000);
