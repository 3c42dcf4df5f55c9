import { expect, test } from 'vitest';
import { makeProject, writeFiles } from '../support/cli.js';
import { etl, orders, pinOf, project, sources } from '../support/pinned-project.js';

test('sources: evolve lands what the mode allows, fail nothing, ignore the pinned columns', async () => {
  const more = { 'data/orders.csv': 'id,amount,note\n1,10,a\n2,20,b\n' };
  const evolve = project();
  await etl(evolve, ['build']);
  writeFiles(evolve, more);
  const evolved = await etl(evolve, ['build']);
  expect(evolved.stdout).toContain(
    'PIN    Column "note" of shop.orders is added: VARCHAR.  commit schemas/shop.orders.yml',
  );
  writeFiles(evolve, { 'data/orders.csv': 'id,amount,note\n1,ten,a\n2,20,b\n' });
  const broken = await etl(evolve, ['build']);
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatchInlineSnapshot(`
    "sources.yml:5:7  pin/source-changed
      The columns of shop.orders are not the pinned ones.
        5 │       orders: { path: data/orders.csv }
          │       ~~~~~~
      note: Column "amount" of shop.orders changes from BIGINT to VARCHAR. Text sorts, compares and adds up differently.
      hint: accept them with \`etl pin shop.orders\`, or set on_schema_change: ignore at the source

    1 error
    "
  `);

  const fail = project();
  await etl(fail, ['build']);
  writeFiles(fail, { 'sources.yml': sources('fail'), ...more });
  const failed = await etl(fail, ['build']);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('Column "note" of shop.orders is added: VARCHAR.');
  expect((await etl(fail, ['pin', 'shop.orders'])).code).toBe(0);
  expect((await etl(fail, ['build', '--frozen'])).code).toBe(0);

  const ignore = project();
  await etl(ignore, ['build']);
  writeFiles(ignore, {
    'sources.yml': sources('ignore'),
    'data/orders.csv': 'note,amount,id\na,10.0,1\nb,20.0,2\n',
  });
  const ignored = await etl(ignore, ['build', '--frozen']);
  expect(ignored.code).toBe(0);
  expect(ignored.stderr).toContain('shop.orders is landed with its pinned columns; the source has others.');
  const { stdout } = await etl(ignore, ['query', 'from shop.orders order by id', '--format', 'csv']);
  expect(stdout).toBe('id,amount\n1,10\n2,20\n');
  const again = await etl(ignore, ['build', '--frozen']);
  expect(again.stderr).not.toContain('others');
  expect(again.stdout).toContain('Nothing to do');
});

test('numbers that happen to be whole, or too many for a type, land as they are or not at all', async () => {
  const folder = makeProject({ 'sources.yml': sources(), 'data/orders.csv': 'id,amount\n1,1.5\n' });
  await etl(folder, ['build']);
  const pin = pinOf(folder, 'shop.orders');
  writeFiles(folder, { 'data/orders.csv': 'id,amount\n1,2\n' });
  expect(await etl(folder, ['build', '--frozen'])).toMatchObject({ code: 0, stderr: 'Target dev: 1 node\n' });
  expect(pinOf(folder, 'shop.orders')).toBe(pin);
  const query = ['query', 'select typeof(amount) as t, amount from shop.orders', '--format', 'csv'];
  expect((await etl(folder, query)).stdout).toBe('t,amount\nDOUBLE,2.0\n');

  writeFiles(folder, { 'data/orders.csv': 'id,amount\n1,9007199254740993\n' });
  const refused = await etl(folder, ['build']);
  expect(refused.stderr).toContain('The column "amount" is DOUBLE and would not hold 9007199254740993');
  writeFiles(folder, { 'sources.yml': sources('ignore'), 'data/orders.csv': 'id,amount\n1.5,1\n' });
  expect((await etl(folder, ['build'])).stderr).toContain('The column "id" is BIGINT and would not hold 1.5');
});

test('a promise of a source is kept by etl land too: rows that fail its tests do not land', async () => {
  const folder = project();
  const guarded = sources().replace(
    'path: data/orders.csv }',
    'path: data/orders.csv, columns: { amount: { tests: [not_null] } } }',
  );
  writeFiles(folder, { 'sources.yml': guarded });
  expect((await etl(folder, ['land'])).code).toBe(0);
  expect(pinOf(folder, 'shop.orders')).toContain('name: amount, type: BIGINT, nullable: false }');
  writeFiles(folder, { 'data/orders.csv': `${orders}3,\n` });
  const failed = await etl(folder, ['land']);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('not_null_shop_orders_amount');
  const { stdout } = await etl(folder, ['query', 'select count(*) as n from shop.orders', '--format', 'csv']);
  expect(stdout).toBe('n\n2\n');
});
