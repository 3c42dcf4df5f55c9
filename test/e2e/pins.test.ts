import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';
import { connectionOfTest } from '../support/connection.js';
import { etl, mart, orders, pinOf, project } from '../support/pinned-project.js';

test('the first build makes the pins and says so; with CI set it names the command that does', async () => {
  const folder = project();
  const refused = await etl(folder, ['build'], { CI: 'true' });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatchInlineSnapshot(`
    "pin/missing
      shop.orders has no schema pin, and with --frozen none is written.
      hint: run \`etl pin shop.orders\` and commit schemas/shop.orders.yml

    pin/missing
      totals has no schema pin, and with --frozen none is written.
      hint: run \`etl pin totals\` and commit schemas/totals.yml

    2 errors
    "
  `);
  expect(existsSync(join(folder, '.etl/lake'))).toBe(false);

  const first = await etl(folder, ['build']);
  expect(first.code).toBe(0);
  expect(first.stdout.split('\n')).toContain('PIN    2 new pins: shop.orders, totals  commit schemas/');
  expect(pinOf(folder, 'totals')).toMatchInlineSnapshot(`
    "# The schema that readers of totals rely on. Review it like a lockfile; \`etl pin totals\` changes it.
    format: 1
    table: totals
    mode: forward
    columns:
      - { id: 1, name: id, type: BIGINT }
      - id: 2
        name: nested
        type: 'STRUCT(x BIGINT)'
        inside:
          x: 3
    # Ids are counted up from here and never used again, not even when a column goes.
    last_field_id: 3
    "
  `);
  expect(await etl(folder, ['build'], { CI: 'true' })).toMatchObject({ code: 0 });
  expect(await etl(folder, ['check'], { CI: 'true' })).toMatchObject({ code: 0, stderr: '' });
});

test('the files of lake and published folder carry the ids, those inside columns too', async () => {
  const folder = project();
  await etl(folder, ['build']);
  const { connection } = await connectionOfTest();
  for (const files of ['.etl/lake/_etl/data/totals/*.parquet', '.etl/lake/totals/**/*.parquet']) {
    const rows = await connection.rows(
      `select name, field_id from parquet_schema('${join(folder, files)}') where field_id is not null`,
    );
    expect(rows.map(({ name, field_id }) => `${name} ${field_id}`)).toEqual(['id 1', 'nested 2', 'x 3']);
  }
});

test('a compatible change moves the pin and says so, unless it is frozen', async () => {
  const folder = project();
  await etl(folder, ['build']);
  writeFiles(folder, {
    'models/totals.sql': mart('select id, {x: amount} as nested, 1 as extra from shop.orders'),
  });
  const frozen = await etl(folder, ['build', '--frozen']);
  expect(frozen.code).toBe(1);
  expect(frozen.stderr).toContain('note: Column "extra" of totals is added: INTEGER.');
  expect(frozen.stderr).toContain('hint: run `etl pin totals` and commit schemas/totals.yml');
  const planned = await etl(folder, ['plan']);
  expect(planned.stdout).toContain('pin     totals  Column "extra" of totals is added: INTEGER.');
  expect(pinOf(folder, 'totals')).toContain('last_field_id: 3');

  const built = await etl(folder, ['build'], { CI: 'false' });
  expect(built.stdout).toContain(
    'PIN    Column "extra" of totals is added: INTEGER.  commit schemas/totals.yml',
  );
  expect(pinOf(folder, 'totals')).toContain('- { id: 4, name: extra, type: INTEGER }');
});

test('a breaking change stops the build before anything runs, names the readers, and is accepted by name', async () => {
  const folder = project();
  await etl(folder, ['build']);
  writeFiles(folder, {
    'models/totals.sql': mart('select id, {x: amount::varchar} as nested from shop.orders'),
    'data/orders.csv': `${orders}3,30\n`,
  });
  const failed = await etl(folder, ['build']);
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr).toMatchInlineSnapshot(`
    "schemas/totals.yml:9:11  pin/breaking-change
      Field "nested.x" of totals changes from BIGINT to VARCHAR.
      Text sorts, compares and adds up differently.
        9 │     type: 'STRUCT(x BIGINT)'
          │           ~~~~~~~~~~~~~~~~~~
      note: read by report
      note: rule to-varchar, mode forward
      hint: undo it, or accept it with \`etl pin totals\` and commit schemas/totals.yml

    1 error
    "
  `);
  expect((await etl(folder, ['check'])).stderr).toBe(failed.stderr);
  const { stdout } = await etl(folder, ['query', 'select count(*) as n from shop.orders', '--format', 'csv']);
  expect(stdout).toBe('n\n2\n');
  // What is not chosen is not held against its pin.
  expect(await etl(folder, ['build', '-s', 'shop.orders'])).toMatchObject({ code: 0 });

  const accepted = await etl(folder, ['pin', 'totals']);
  expect(accepted.stdout).toBe(
    'update  schemas/totals.yml\n        breaking  Field "nested.x" of totals changes from BIGINT to VARCHAR.\n\n' +
      '1 pin changed: review and commit schemas/.\n',
  );
  expect(await etl(folder, ['build', '--frozen'])).toMatchObject({ code: 0 });
});

test('what breaks a pin and what does not type-check are said together', async () => {
  const folder = project();
  await etl(folder, ['build']);
  writeFiles(folder, {
    'models/totals.sql': mart('select id as number, {x: amount} as nested from shop.orders'),
    'models/typed.sql': 'select ${when(target.name === 5, sql`1`, sql`2`)} as one',
  });
  for (const command of ['check', 'build']) {
    const { stderr } = await runEtl(folder, [command]);
    expect(stderr).toContain('pin/breaking-change');
    expect(stderr).toContain('models/typed.sql:1:15  check/type-error');
  }
});

test('a declared rename keeps its id', async () => {
  const folder = project();
  await etl(folder, ['build']);
  const renamed = 'select id as order_id, {x: amount} as nested from shop.orders';
  writeFiles(folder, { 'models/totals.sql': mart(renamed) });
  expect((await etl(folder, ['build'])).stderr).toContain('write `renamed_from: id` at "order_id"');
  writeFiles(folder, {
    'models/totals.sql': mart(renamed, 'columns: { order_id: { renamed_from: id } }\n'),
  });
  expect(await etl(folder, ['build'])).toMatchObject({ code: 0 });
  expect(pinOf(folder, 'totals')).toContain('- { id: 1, name: order_id, type: BIGINT }');
});

test('a table that is no longer published is missed until its pin is let go', async () => {
  const folder = project();
  await etl(folder, ['build']);
  writeFiles(folder, { 'models/totals.sql': 'select id, {x: amount} as nested from shop.orders\n' });
  const failed = await etl(folder, ['build']);
  expect(failed.stderr).toContain('totals is pinned, but the project no longer publishes or lands it.');
  expect((await etl(folder, ['pin', 'totals'])).stdout).toContain('delete  schemas/totals.yml');
  expect(existsSync(join(folder, 'schemas/totals.yml'))).toBe(false);
  expect(await etl(folder, ['build', '--frozen'])).toMatchObject({ code: 0 });
});

test('a pin that is older than the lake is refused where pins are frozen', async () => {
  const folder = project();
  await etl(folder, ['build']);
  const before = pinOf(folder, 'totals');
  const model = mart('select id, {x: amount} as nested from shop.orders');
  writeFiles(folder, {
    'models/totals.sql': model.replace('as nested', 'as nested, 1 as extra'),
  });
  await etl(folder, ['build']);
  writeFiles(folder, { 'models/totals.sql': model, 'schemas/totals.yml': before });
  const failed = await etl(folder, ['build', '--frozen']);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(`The lake's totals has what this pin was never told of: "extra".`);
  await etl(folder, ['pin', 'totals']);
  expect(pinOf(folder, 'totals')).toContain('last_field_id: 4');
  expect(await etl(folder, ['build', '--frozen'])).toMatchObject({ code: 0 });
});

test('a pin that was lost comes back with the ids that the lake has', async () => {
  const folder = project();
  writeFiles(folder, {
    'models/totals.sql': mart('select 1 as gone, id, 2 as b from shop.orders'),
    'models/report.sql': 'select 1 as x',
  });
  await etl(folder, ['build']);
  writeFiles(folder, { 'models/totals.sql': mart('select id, 2 as b from shop.orders') });
  await etl(folder, ['pin']);
  await etl(folder, ['build']);
  const pinned = pinOf(folder, 'totals');
  expect(pinned).toContain('- { id: 2, name: id, type: BIGINT }');
  rmSync(join(folder, 'schemas/totals.yml'));
  await etl(folder, ['pin']);
  expect(pinOf(folder, 'totals')).toBe(pinned);
});

test('a pin stays as it is where its own table fails, whatever else the run commits', async () => {
  const folder = makeProject({
    'sources.yml': `sources:
  shop:
    connector: file
    tables:
      orders: { path: data/*.csv, primary_key: id }
      lines: { path: data/*.csv }
`,
    'data/1.csv': orders,
  });
  expect((await etl(folder, ['build'])).code).toBe(0);
  writeFiles(folder, { 'data/2.csv': 'id,amount,note\n3,1,x\n3,1,y\n' });
  const failed = await etl(folder, ['build']);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('Column "note" of shop.lines is added: VARCHAR.');
  expect(failed.stdout).not.toContain('shop.orders is added');
  expect(pinOf(folder, 'shop.lines')).toContain('note');
  expect(pinOf(folder, 'shop.orders')).not.toContain('note');
  writeFiles(folder, { 'data/2.csv': 'id,amount\n3,1\n' });
  expect((await etl(folder, ['land', '-s', 'shop.orders'])).code).toBe(0);
});

test('partition keys have the case of the column in the version, its folders and its pin', async () => {
  const folder = makeProject({
    'seeds/days.csv': 'Day,n\n1,1\n2,2\n',
    'seeds/days.yml': 'partition_by: [day]\npublish: true\n',
    'models/plain.sql': mart('select 1 as month, 2 as n', 'partition_by: [Month]\n'),
    'models/computed.sql': mart('select 1 as month, now() as n', 'partition_by: [MONTH]\n'),
    'models/added.sql': `/* model
materialized: incremental
strategy: overwrite_partitions
partition_by: [Month]
publish: true
*/
select 1 as month, 2 as n
`,
  });
  for (const run of ['first', 'second', 'frozen']) {
    const { code, stderr } = await etl(folder, ['build', ...(run === 'frozen' ? ['--frozen'] : [])]);
    expect(code, `${run}: ${stderr}`).toBe(0);
  }
  const partitions = (table: string) => readdirSync(join(folder, '.etl/lake', table));
  for (const table of ['plain', 'computed', 'added']) {
    expect(partitions(table)).toEqual(['month=1']);
    expect(pinOf(folder, table)).toContain('partition_by: [month]\n');
  }
  expect(partitions('days')).toEqual(['Day=1', 'Day=2']);
  expect(pinOf(folder, 'days')).toContain('partition_by: [Day]\n');
});
