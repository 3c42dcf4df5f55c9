import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, writeFiles } from '../support/cli.js';
import { etl, mart, orders, pinOf, project, sources } from '../support/pinned-project.js';

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

test.each([['evolve'], ['fail'], ['ignore']])(
  'an export without values is no other table with on_schema_change: %s',
  async (policy) => {
    const folder = makeProject({
      'sources.yml': sources(policy),
      'data/orders.csv': 'id,amount,day\n1,1.5,2024-01-02\n',
      'models/totals.sql': mart('select id, amount, day from shop.orders', 'partition_by: day\n'),
    });
    expect((await etl(folder, ['build'])).code).toBe(0);
    const pin = pinOf(folder, 'shop.orders');
    const empty = [
      'id,amount,day\n',
      'id,amount,day\n,,\n',
      // Some columns only, and in those that are left a narrower type.
      ...(policy === 'evolve' ? ['id,amount,day\n1,2,\n'] : []),
    ];
    for (const content of empty) {
      writeFiles(folder, { 'data/orders.csv': content });
      expect(await etl(folder, ['build', '--frozen'])).toMatchObject({
        code: 0,
        stderr: 'Target dev: 2 nodes\n',
      });
      expect((await etl(folder, ['build', '--frozen'])).stdout).toContain('Nothing to do');
      // Accepting what is there accepts no types that nothing says.
      if (policy !== 'evolve') expect((await etl(folder, ['pin'])).code).toBe(0);
      expect(pinOf(folder, 'shop.orders')).toBe(pin);
      const schema = await etl(folder, ['query', `describe from shop.orders`, '--format', 'csv']);
      expect(schema.stdout).toMatch(/id,BIGINT.*amount,DOUBLE.*day,DATE/s);
    }
  },
);

test('JSON whose keys are only null, and new files without values, land in the pinned types', async () => {
  const folder = makeProject({
    'sources.yml': sources().replace('data/orders.csv', 'data/*.ndjson, cursor: at'),
    'data/1.ndjson': '{"at":1,"day":"2024-01-02","o":{"x":1.5},"l":[{"p":1}]}\n',
  });
  await etl(folder, ['build']);
  const pin = pinOf(folder, 'shop.orders');
  rmSync(join(folder, 'data/1.ndjson'));
  writeFiles(folder, { 'data/2.ndjson': '{"at":2,"day":null,"o":{"x":null},"l":[]}\n' });
  expect(await etl(folder, ['build', '--frozen'])).toMatchObject({ code: 0, stderr: 'Target dev: 1 node\n' });
  expect((await etl(folder, ['build', '--frozen'])).stdout).toContain('Nothing to do');
  expect(pinOf(folder, 'shop.orders')).toBe(pin);
  const rows = await etl(folder, ['query', 'select typeof(o), * from shop.orders', '--format', 'csv']);
  expect(rows.stdout).toBe(
    `typeof(o),at,day,o,l\nSTRUCT(x DOUBLE),1,2024-01-02,"{""x"":1.5}","[{""p"":1}]"\nSTRUCT(x DOUBLE),2,,"{""x"":null}",[]\n`,
  );
});

test('a published seed whose column lost its values keeps the pinned type, until that is another one', async () => {
  const settings = 'publish: true\n';
  const folder = makeProject({ 'seeds/rates.csv': 'code,rate\na,1.5\n', 'seeds/rates.yml': settings });
  await etl(folder, ['build']);
  const rate = async () =>
    (await etl(folder, ['query', 'select typeof(rate) as t from rates', '--format', 'csv'])).stdout;
  writeFiles(folder, { 'seeds/rates.csv': 'code,rate\na,\n' });
  expect(await etl(folder, ['build', '--frozen'])).toMatchObject({ code: 0, stderr: 'Target dev: 1 node\n' });
  expect(await rate()).toBe('t\nDOUBLE\n');
  expect((await etl(folder, ['build', '--frozen'])).stdout).toContain('Nothing to do');
  writeFiles(folder, { 'seeds/rates.yml': `${settings}columns: { rate: DATE }\n` });
  expect((await etl(folder, ['build'])).stderr).toContain(
    'Column "rate" of rates changes from DOUBLE to DATE.',
  );
  await etl(folder, ['pin', 'rates']);
  writeFiles(folder, { 'seeds/rates.yml': settings });
  expect((await etl(folder, ['build'])).code).toBe(0);
  expect(await rate()).toBe('t\nDATE\n');
});
