/** What must and must not compile when a project's types are generated. Never run. */
import {
  asOfJoin,
  columnsOf,
  db,
  dedupe,
  type ModelConfig,
  pivot,
  type RawBuilder,
  ref,
  source,
  sql,
  star,
  surrogateKey,
  transform,
  unionRelations,
  unpivot,
  vars,
  when,
} from '../../src/index.js';

declare module '../../src/index.js' {
  interface Database {
    stg_orders: { order_id: bigint; status: string | null; amount: string; updated_at: string };
    customers: { customer_id: bigint; name: string | null };
    'shop.orders': { id: bigint; extra: boolean };
    'shop.items': { id: bigint };
    'web.clicks': { url: string };
  }
  interface Vars {
    start_date: string;
    limit: number;
  }
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only when the value has exactly this type. */
const exactly =
  <Wanted>() =>
  <Got>(_value: Got, ..._wrong: Equal<Wanted, Got> extends true ? [] : [never]) =>
    undefined;

const orders = ref('stg_orders');
ref('shop.orders');
source('shop', 'items');
// @ts-expect-error: no such model
ref('stg_ordrs');
// @ts-expect-error: no such source
source('shp', 'orders');
// @ts-expect-error: a table of another source
source('shop', 'clicks');

dedupe(orders, { key: 'order_id', orderBy: 'updated_at' });
dedupe(source('shop', 'orders'), { key: ['id', 'extra'], orderBy: 'id' });
dedupe(db.selectFrom('stg_orders').select(['order_id', 'amount']), { key: 'order_id', orderBy: 'amount' });
// @ts-expect-error: no such column
dedupe(orders, { key: 'order_idd', orderBy: 'updated_at' });
// @ts-expect-error: not in the query's result
dedupe(db.selectFrom('stg_orders').select('order_id'), { key: 'order_id', orderBy: 'amount' });
// @ts-expect-error: orderBy is missing
dedupe(orders, { key: 'order_id' });

star(orders, { except: ['updated_at'] });
// @ts-expect-error: no such column
star(orders, { except: ['updated'] });
surrogateKey(orders, ['order_id', 'status'], { from: 'o' });
// @ts-expect-error: no such column
surrogateKey(orders, ['id']);
pivot(orders, { on: 'status', values: ['placed', null], value: 'amount', groupBy: 'order_id' });
// @ts-expect-error: no such function
pivot(orders, { on: 'status', values: ['x'], value: 'amount', using: 'summ', groupBy: 'order_id' });

const long = unpivot(orders, { columns: ['amount', 'updated_at'], name: 'field', value: 'text' });
dedupe(long, { key: 'field', orderBy: 'text' });
// @ts-expect-error: amount became rows
dedupe(long, { key: 'amount', orderBy: 'text' });

const both = unionRelations([orders, source('shop', 'orders')], { sourceColumn: 'origin' });
dedupe(both, { key: ['order_id', 'id'], orderBy: 'origin' });
// @ts-expect-error: in neither
dedupe(both, { key: 'name', orderBy: 'origin' });

const joined = asOfJoin(source('shop', 'orders'), source('shop', 'items'), {
  key: 'id',
  at: 'extra',
  validFrom: 'id',
  columns: [],
});
dedupe(joined, { key: 'extra', orderBy: 'id' });
// @ts-expect-error: the key must be on both sides
asOfJoin(orders, source('shop', 'items'), { key: 'id', at: 'amount', validFrom: 'id', columns: [] });

for (const column of columnsOf(orders)) {
  exactly<'order_id' | 'status' | 'amount' | 'updated_at'>()(column.name);
}
exactly<number>()(vars.limit);
// @ts-expect-error: no such variable
vars.limt;

const cents = (column: string) => sql<number>`${sql.ref(column)} / 100`;
exactly<RawBuilder<number>>()(cents('x'));
// @ts-expect-error: it is a number
exactly<RawBuilder<string>>()(cents('x'));
// @ts-expect-error: a number is no column
cents(5);
// @ts-expect-error: the argument is missing
cents();
when(true, cents('x'));
when(true, () => cents('x'), sql`0`);

db.selectFrom('stg_orders').select(['order_id']).where('status', 'in', ['placed']);
db.selectFrom(orders.as('o')).select(['o.order_id']);
// @ts-expect-error: no such column
db.selectFrom('stg_orders').select(['order_idd']);
// @ts-expect-error: no such table
db.selectFrom('orders');

const enriched = { columns: { order_id: 'BIGINT', place: 'VARCHAR', tags: 'VARCHAR[]' } } as const;
transform(orders, enriched, async function* (batches) {
  for await (const batch of batches) {
    exactly<bigint>()(batch.getChild('order_id')!.get(0));
    for (const { order_id, status } of batch) {
      exactly<bigint>()(order_id);
      exactly<string | null>()(status);
      yield { order_id, place: status, tags: ['a', null] };
    }
    // @ts-expect-error: no such column of the input
    batch.getChild('sttus');
  }
});
transform(
  db.selectFrom('customers').select('name'),
  { columns: { name: 'text' } },
  async function* (batches) {
    for await (const batch of batches) yield [...batch].map(({ name }) => ({ name }));
  },
);
transform(orders, { columns: { order_id: 'BIGINT' } }, (batches) => batches);
// @ts-expect-error: a column is missing
transform(orders, enriched, async function* () {
  yield { order_id: 1n, place: null };
});
// @ts-expect-error: text is no BIGINT
transform(orders, { columns: { order_id: 'BIGINT' } }, async function* () {
  yield { order_id: 'one' };
});
const odd = {
  i: 'INTEGER',
  d: 'DATE',
  at: 'timestamptz',
  b: 'BLOB',
  j: 'JSON',
  v: 'FLOAT[3]',
  m: 'MAP(VARCHAR, INTEGER)',
} as const;
transform(orders, { columns: odd }, async function* (batches) {
  const at = new Date();
  yield {
    i: 1n,
    d: at,
    at,
    b: new Uint8Array(1),
    j: { a: 1 },
    v: new Float32Array(3),
    m: new Map([['a', 1]]),
  };
  yield [{ i: 1, d: '2024-01-31', at: '', b: 'a', j: '1', v: [1, null, 2], m: { a: 1 } }];
  for await (const batch of batches) yield [batch];
});
// @ts-expect-error: text is no list of texts
transform(orders, { columns: { tags: 'VARCHAR[]' } }, async function* () {
  yield { tags: 'abc' };
});
// @ts-expect-error: numbers are no list of texts
transform(orders, { columns: { tags: 'VARCHAR[]' } }, async function* () {
  yield { tags: [1] };
});
// @ts-expect-error: columns are not said
transform(orders, {}, async function* () {});
// @ts-expect-error: no table
transform('stg_orders', enriched, async function* () {});

const config: ModelConfig = {
  materialized: 'incremental',
  strategy: 'merge',
  unique_key: 'order_id',
  columns: { order_id: { tests: ['not_null', { accepted_values: [1, 2] }] } },
};
exactly<ModelConfig>()(config);
// @ts-expect-error: no such key
const misspelt: ModelConfig = { materialised: 'table' };
exactly<ModelConfig>()(misspelt);
