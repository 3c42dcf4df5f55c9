import { describe, expect, it } from 'vitest';
import type { Outcome } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import { type SelectableNode, type SelectResolvers, selectNodes } from './select.js';

function node(
  kind: string,
  name: string,
  path: string,
  inputs: string[],
  config: object = {},
): [string, SelectableNode] {
  return [name, { name, kind, path, inputs, config: { materialized: 'table', tags: [], ...config } }];
}

const nodes = new Map([
  node('source', 'shop.orders', 'sources.yml', []),
  node('source', 'web.clicks', 'sources.yml', []),
  node('seed', 'rates', 'seeds/rates.csv', [], { tags: ['reference'] }),
  node('model', 'stg_orders', 'models/staging/shop/stg_orders.sql', ['shop.orders'], {
    materialized: 'view',
  }),
  node('model', 'stg_clicks', 'models/staging/web/stg_clicks.sql', ['web.clicks'], {
    materialized: 'view',
    tags: ['nightly'],
  }),
  node('model', 'priced', 'models/intermediate/priced.sql', ['stg_orders', 'rates']),
  node('model', 'orders', 'models/marts/orders.sql', ['priced'], {
    tags: ['nightly'],
    publish: true,
    partitionBy: ['month', 'shop'],
  }),
  node('model', 'sessions', 'models/marts/sessions.sql', ['stg_clicks', 'orders'], {
    options: { strategy: 'merge' },
    meta: { owner: 'ann' },
  }),
]);

const resolvers: SelectResolvers = {
  state: {
    values: ['modified', 'new'],
    resolve: (value) => new Set(value === 'new' ? [] : ['priced', 'gone']),
  },
};

function select(select: string | readonly string[], exclude: readonly string[] = []) {
  const criteria = { select: typeof select === 'string' ? [select] : select, exclude };
  const { value, diagnostics } = selectNodes(nodes, criteria, resolvers);
  expect(diagnostics).toEqual([]);
  return [...value].sort().join(' ');
}

function problems(select: string): string[] {
  return selectNodes(nodes, { select: [select] }, resolvers).diagnostics.map(
    ({ code, message, hint, excerpt }) =>
      `${code} ${excerpt.start}-${excerpt.end} ${message}${hint ? ` | ${hint}` : ''}`,
  );
}

describe('what is chosen', () => {
  it.each([
    ['orders', 'orders'],
    ['shop.orders', 'shop.orders'],
    ['stg_*', 'stg_clicks stg_orders'],
    ['stg_[co]*', 'stg_clicks stg_orders'],
    ['stg_[!c]*', 'stg_orders'],
    ['?ates', 'rates'],
    ['*', 'orders priced rates sessions shop.orders stg_clicks stg_orders web.clicks'],
    ['staging', 'stg_clicks stg_orders'],
    ['staging.web', 'stg_clicks'],
    ['staging.*.stg_orders', 'stg_orders'],
    ['+priced', 'priced rates shop.orders stg_orders'],
    ['1+priced', 'priced rates stg_orders'],
    ['0+priced', 'priced'],
    ['stg_orders+', 'orders priced sessions stg_orders'],
    ['stg_orders+1', 'priced stg_orders'],
    ['1+priced+1', 'orders priced rates stg_orders'],
    ['+priced+', 'orders priced rates sessions shop.orders stg_orders'],
    ['@stg_clicks', 'orders priced rates sessions shop.orders stg_clicks stg_orders web.clicks'],
    ['@rates,resource_type:source', 'shop.orders web.clicks'],
    ['tag:nightly', 'orders stg_clicks'],
    ['tag:n*', 'orders stg_clicks'],
    ['tag:nightly,marts', 'orders'],
    ['tag:nightly,+priced+,config.publish:true', 'orders'],
    ['path:models/staging', 'stg_clicks stg_orders'],
    ['models/staging/', 'stg_clicks stg_orders'],
    ['./models/marts/orders.sql', 'orders'],
    ['path:models/*/orders.sql', 'orders'],
    ['path:models/**/stg_*.sql', 'stg_clicks stg_orders'],
    ['path:models/*', 'orders priced sessions stg_clicks stg_orders'],
    ['stg_orders.sql', 'stg_orders'],
    ['file:rates.csv', 'rates'],
    ['source:shop', 'shop.orders'],
    ['source:web.clicks+', 'sessions stg_clicks web.clicks'],
    ['source:*', 'shop.orders web.clicks'],
    ['resource_type:seed', 'rates'],
    ['config.materialized:view', 'stg_clicks stg_orders'],
    ['config.partition_by:shop', 'orders'],
    ['config.strategy:merge', 'sessions'],
    ['config.meta.owner:ann', 'sessions'],
    ['state:modified+', 'orders priced sessions'],
    ['rates tag:nightly', 'orders rates stg_clicks'],
    ['  rates   orders ', 'orders rates'],
  ])('%s', (selector, expected) => expect(select(selector)).toBe(expected));

  it('unites repeated selectors and takes away what is excluded', () => {
    expect(select(['rates', 'orders'])).toBe('orders rates');
    expect(select('+orders', ['source:*', 'rates'])).toBe('orders priced stg_orders');
    expect(select([], ['resource_type:model'])).toBe('rates shop.orders web.clicks');
    expect(select([])).toBe([...nodes.keys()].sort().join(' '));
  });
});

describe('tests', () => {
  const test = (name: string, assertion: string, on: string[], inputs = on, tags: string[] = []) => {
    const path = assertion === 'query' ? `tests/${name}.sql` : '';
    return { name, kind: 'test', path, config: { tags }, inputs, on, assertion };
  };
  const tests = [
    test('not_null_orders_id', 'not_null', ['orders']),
    test('relationships_orders_click', 'relationships', ['orders'], ['orders', 'stg_clicks']),
    test('not_null_priced_id', 'not_null', ['priced'], ['priced'], ['slow']),
    test('totals_add_up', 'query', ['orders', 'rates']),
    test('sessions', 'query', ['stg_orders']),
  ];
  const select = (select: string, exclude?: string) => {
    const chosen = selectNodes(
      nodes,
      { select: select ? [select] : [], exclude: exclude ? [exclude] : [] },
      {},
      tests,
    );
    return [chosen.value, chosen.tests].map((names) => [...names].sort().join(' ')).join(' | ');
  };

  it.each([
    ['orders', 'orders | not_null_orders_id relationships_orders_click totals_add_up'],
    [
      'priced+1',
      'orders priced | not_null_orders_id not_null_priced_id relationships_orders_click totals_add_up',
    ],
    ['totals_add_up', ' | totals_add_up'],
    ['1+totals_add_up,resource_type:seed', 'rates | totals_add_up'],
    ['+not_null_priced_id,test_name:not_null', ' | not_null_priced_id'],
    ['test_name:not_null', ' | not_null_orders_id not_null_priced_id'],
    ['test_name:totals_*', ' | totals_add_up'],
    ['orders,test_type:generic', ' | not_null_orders_id relationships_orders_click'],
    ['test_type:singular', ' | sessions totals_add_up'],
    ['tag:slow', ' | not_null_priced_id'],
    ['path:tests', ' | sessions totals_add_up'],
    ['sessions', 'sessions | sessions'],
    ['@stg_orders,resource_type:source', 'shop.orders web.clicks | '],
  ])('%s', (selector, expected) => expect(select(selector)).toBe(expected));

  it('go with a node that is excluded, and one by one', () => {
    expect(select('orders priced', 'orders')).toBe('priced | not_null_priced_id');
    expect(select('orders', 'test_name:relationships totals_add_up')).toBe('orders | not_null_orders_id');
    expect(select('', 'resource_type:test')).toBe(`${[...nodes.keys()].sort().join(' ')} | `);
  });
});

describe('what is wrong', () => {
  it.each([
    ['orders tagg:nightly', ['select/invalid 7-19 There is no method "tagg:". | did you mean "tag"?']],
    [
      'toString:x',
      [
        'select/invalid 0-10 There is no method "toString:". | one of fqn, path, file, tag, source, config, resource_type, test_name, test_type, state, result, source_status.',
      ],
    ],
    [
      'a,',
      [
        'select/invalid 1-2 A comma joins two selectors, and one of them is missing. | write a,b without spaces for what meets both, and a b for what meets either.',
      ],
    ],
    [
      '+',
      [
        'select/invalid 0-1 The selector "+" names nothing. | name a model, or use a method such as tag:nightly.',
      ],
    ],
    [
      'tag:',
      [
        'select/invalid 0-4 The selector "tag:" names nothing. | name a model, or use a method such as tag:nightly.',
      ],
    ],
    [
      '@orders+',
      [
        'select/invalid 0-8 The prefix @ already takes in parents and children; it goes with no +. | write @orders or orders+.',
      ],
    ],
    [
      'ord+ers',
      [
        'select/invalid 3-4 Unexpected "+" in the selector "ord+ers". | + stands before or after a name, @ only before it.',
      ],
    ],
    [
      '2+ord@rs+1',
      [
        'select/invalid 5-6 Unexpected "@" in the selector "2+ord@rs+1". | + stands before or after a name, @ only before it.',
      ],
    ],
    [
      'config:view',
      ['select/invalid 0-11 config needs the name of a setting. | such as config.materialized:view.'],
    ],
    ['tag.x:view', ['select/invalid 0-10 The method tag: takes no ".x". | write tag:view.']],
    [
      'resource_type:models',
      ['select/invalid 0-20 "models" is no value of resource_type:. | did you mean "model"?'],
    ],
    [
      'test_type:whole',
      ['select/invalid 0-15 "whole" is no value of test_type:. | one of generic, singular, data, unit.'],
    ],
    ['state:modifid', ['select/invalid 0-13 "modifid" is no value of state:. | did you mean "modified"?']],
    [
      'result:error',
      [
        'select/invalid 0-12 "result:error" cannot be resolved. | it needs the results of an earlier run: run etl build first.',
      ],
    ],
    ['stg_ordrs', ['select/no-match 0-9 "stg_ordrs" matches nothing. | did you mean "stg_orders"?']],
    ['tag:nigthly', ['select/no-match 0-11 "tag:nigthly" matches nothing. | did you mean "nightly"?']],
    [
      'config.materialized:veiw',
      ['select/no-match 0-24 "config.materialized:veiw" matches nothing. | did you mean "view"?'],
    ],
    ['zzzzzz', ['select/no-match 0-6 "zzzzzz" matches nothing. | etl ls shows what can be selected.']],
    ['state:new', ['select/no-match 0-9 "state:new" matches nothing.']],
    ['orders,tag:reference', ['select/no-match 0-20 No node meets all of "orders,tag:reference".']],
  ])('%s', (selector, expected) => expect(problems(selector)).toEqual(expected));

  it('chooses nothing after an error, and the rest after a warning', () => {
    expect(selectNodes(nodes, { select: ['orders', 'tagg:x'] }).value.size).toBe(0);
    expect([...selectNodes(nodes, { select: ['orders nothing'] }).value]).toEqual(['orders']);
  });
});

it('takes a manifest and gives an outcome', () => {
  const manifestNodes: ReadonlyMap<string, ManifestNode> = new Map();
  const outcome: Outcome<ReadonlySet<string>> = selectNodes(manifestNodes, { select: undefined });
  expect(outcome).toEqual({ value: new Set(), tests: new Set(), diagnostics: [] });
});

it('walks a chain of 20,000 nodes quickly', () => {
  const chain = new Map<string, SelectableNode>();
  for (let i = 0; i < 20_000; i++) {
    const name = `m${i}`;
    chain.set(name, {
      name,
      kind: 'model',
      path: `models/${name}.sql`,
      inputs: i ? [`m${i - 1}`] : [],
      config: {},
    });
  }
  expect(selectNodes(chain, { select: ['@m0'] }).value.size).toBe(20_000);
});
