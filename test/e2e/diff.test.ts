import { expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { fakeProcess } from '../support/fake-process.js';

const orders = (rows: string) =>
  `/* model\nmaterialized: table\ncolumns:\n  id: { tests: [unique] }\n*/\nselect * from (values ${rows}) as t(id, name)\n`;

async function etl(folder: string, ...args: readonly string[]) {
  const { around, written } = fakeProcess({ cwd: folder, env: { NO_COLOR: '1' } });
  const code = await runCli(args, around);
  return { code, ...written };
}

async function twoCommits(): Promise<string> {
  const folder = makeProject({
    'etl.yml':
      'name: test\ndefault_target: dev\ntargets: { dev: { lake: .etl/lake }, prod: { lake: .etl/prod } }\n',
    'models/orders.sql': orders("(1, 'a'), (2, 'b'), (3, 'c')"),
    'models/big.sql': '/* model\nmaterialized: view\n*/\nselect * from orders where id > 1\n',
    'models/same.sql': '/* model\nmaterialized: table\n*/\nselect 1 as x\n',
  });
  expect((await etl(folder, 'build', '-t', 'prod')).code).toBe(0);
  expect((await etl(folder, 'build')).code).toBe(0);
  writeFiles(folder, {
    'models/orders.sql': orders("(1, 'a'), (2, 'B'), (4, 'd')").replace('select *', 'select *, 7 as n'),
  });
  expect((await etl(folder, 'build')).code).toBe(0);
  return folder;
}

test('etl diff shows what a commit changed, paired by the column with a unique test', async () => {
  const folder = await twoCommits();
  const { code, stdout } = await etl(folder, 'diff', 'orders');
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "orders  dev, commit 1 → dev, commit 2
      safe     Column "n" of orders is added: INTEGER.
      rows     3 → 3: 1 added, 1 removed, 1 changed (by id), 1 unchanged
      columns  name 1
      changed:
      ┌────┬───────┐
      │ id │ name  │
      ├────┼───────┤
      │  2 │ b → B │
      └────┴───────┘
      added:
      ┌────┬──────┬───┐
      │ id │ name │ n │
      ├────┼──────┼───┤
      │  4 │ d    │ 7 │
      └────┴──────┴───┘
      removed:
      ┌────┬──────┐
      │ id │ name │
      ├────┼──────┤
      │  3 │ c    │
      └────┴──────┘
    "
  `);
  const all = await etl(folder, 'diff', '--from', '1', '--fail-if-diff', '--samples', '0');
  expect(all.code).toBe(1);
  expect(all.stdout.match(/^\w+/gm)).toEqual(['orders']);
});

test('targets are compared, as Markdown for a pull request', async () => {
  const folder = await twoCommits();
  const { stdout } = await etl(folder, 'diff', '--from', 'prod', '--to', 'dev', '--format', 'markdown');
  expect(stdout).toMatchInlineSnapshot(`
    "**1 table differs** between prod, commit 1 and dev, commit 2.

    | table | rows | columns that changed | schema |
    | --- | --- | --- | --- |
    | \`orders\` | 3 → 3: 1 added, 1 removed, 1 changed (by id), 1 unchanged | \`name\` 1 | safe: Column "n" of orders is added: INTEGER. |

    <details><summary>orders</summary>

    changed:

    | \`id\` | \`name\` |
    | --- | --- |
    | 2 | b → B |

    added:

    | \`id\` | \`name\` | \`n\` |
    | --- | --- | --- |
    | 4 | d | 7 |

    removed:

    | \`id\` | \`name\` |
    | --- | --- |
    | 3 | c |

    </details>
    "
  `);
  const same = await etl(folder, 'diff', '--from', 'prod', '--to', 'dev@1', '--fail-if-diff');
  expect(same).toMatchObject({ code: 0, stdout: 'No differences.\n' });
});

test('a view is compared over the tables of each side', async () => {
  const folder = await twoCommits();
  const { stdout } = await etl(folder, 'diff', 'big', '--from', '1', '--key', 'id', '--format', 'json');
  const [{ rows, schema }] = JSON.parse(stdout);
  expect(rows).toMatchObject({ addedCount: 1, removedCount: 1, changedCount: 1 });
  expect(schema).toEqual([{ class: 'safe', message: 'Column "n" of big is added: INTEGER.' }]);
});

test('what is not there is said', async () => {
  const folder = await twoCommits();
  const missing = await etl(folder, 'diff', 'order');
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('did you mean "orders"?');
  const mistyped = await etl(folder, 'diff', 'orders', '--key', 'idd');
  expect(mistyped.code).toBe(1);
  expect(mistyped.stderr).toContain('orders has no column "idd"');
  expect(mistyped.stderr).toContain('did you mean "id"?');
  expect((await etl(folder, 'diff', '--from', 'prd')).stderr).toContain('did you mean "prod"?');
  expect((await etl(folder, 'diff', '--from', '99')).stderr).toContain('has no commit 99');
  expect((await etl(folder, 'diff', 'orders', '--from', '0')).stdout).toContain('new table of 3 rows');
});
