import { expect, test } from 'vitest';
import { finished, makeProject, queryRows, runEtl, startEtl, writeFiles } from '../support/cli.js';

const pair = (n: number) => ({
  'data/n.csv': `n\n${n}\n`,
  'sources.yml':
    'sources:\n  s:\n    connector: file\n    tables:\n      n: { path: data/n.csv, columns: { n: integer } }\n',
  'models/a.sql': '/* model\nmaterialized: table\n*/\nselect n, i from s.n, range(20000) r(i)\n',
  'models/b.sql': '/* model\nmaterialized: table\n*/\nselect n, i from a\n',
});

test('a loop of queries during builds never fails and never sees two runs mixed', async () => {
  const folder = makeProject(pair(0));
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  let building = true;
  const builds = (async () => {
    for (let n = 1; n <= 6; n++) {
      writeFiles(folder, pair(n));
      const built = await runEtl(folder, ['build']);
      expect(built.code, built.output).toBe(0);
    }
    building = false;
  })();
  const seen = new Set<unknown>();
  while (building) {
    const [row] = await queryRows(
      folder,
      'select (select min(n) from s.n) as s, (select min(n) from a) as a, (select max(n) from b) as b, (select count(*) from b) as c',
    );
    expect(row!.a).toBe(row!.s);
    expect(row!.b).toBe(row!.s);
    expect(Number(row!.c)).toBe(20000);
    seen.add(row!.s);
  }
  await builds;
  expect(seen.size).toBeGreaterThan(1);
}, 120_000);

test('two builds of different tables both land, and no commit is lost', async () => {
  const folder = makeProject({
    'models/left_one.sql': '/* model\nmaterialized: table\n*/\nselect i from range(2000000) r(i)\n',
    'models/right_one.sql': '/* model\nmaterialized: table\n*/\nselect i from range(2000000) r(i)\n',
  });
  const results = await Promise.all([
    finished(startEtl(folder, ['build', '--select', 'left_one'])),
    finished(startEtl(folder, ['build', '--select', 'right_one'])),
  ]);
  for (const { code, output } of results) expect(code, output).toBe(0);
  expect(
    await queryRows(
      folder,
      'select (select count(*) from left_one) as l, (select count(*) from right_one) as r',
    ),
  ).toEqual([{ l: 2000000, r: 2000000 }]);
}, 60_000);

test('of two builds of one table one wins, and the other says so', async () => {
  const folder = makeProject({
    'models/same.sql':
      '/* model\nmaterialized: table\n*/\nselect count(*) as n from range(30000000) r(i), range(3) s(j) where (i + j) % 7 < 5\n',
  });
  const results = await Promise.all([
    finished(startEtl(folder, ['build', '--full-refresh'])),
    finished(startEtl(folder, ['build', '--full-refresh'])),
  ]);
  expect(results.map((r) => r.code).sort(), results.map((r) => r.output).join('\n')).toEqual([0, 1]);
  const loser = results.find((r) => r.code === 1)!;
  expect(loser.output).toContain('lake/conflict');
  expect(loser.output).toContain('same');
  expect(await queryRows(folder, 'select count(*) as c from same')).toEqual([{ c: 1 }]);
}, 60_000);
