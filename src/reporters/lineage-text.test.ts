import { expect, it } from 'vitest';
import type { LineageEdge, LineageReport } from '../ir/column-lineage.js';
import { lineageText } from './lineage-text.js';

const style = { color: false, unicode: true, width: 60 };
const column = (text: string) => {
  const [table = '', column = ''] = text.split('.');
  return { table, column };
};
const edge = (text: string): LineageEdge => {
  const [from = '', to = ''] = text.split(' > ');
  return { from: column(from), to: to.includes('.') ? column(to) : { table: to } };
};
const report: LineageReport = {
  table: 'orders',
  kind: 'model',
  path: 'models/orders.sql',
  columns: [
    { name: 'order_id', type: 'BIGINT' },
    { name: 'usd', type: 'DECIMAL(18,2)' },
  ],
  above: ['stg.id > orders.order_id', 'stg.cents > orders.usd', 'rates.rate > orders.usd'].map(edge),
  below: ['orders.usd > days.usd', 'orders.order_id > days', 'orders.usd > months.usd'].map(edge),
  rows: [column('stg.id'), column('rates.currency')],
  inputs: ['rates', 'stg'],
  readers: ['days', 'months'],
  untraced: [],
};

it('shows a table with what stands on either side of its columns', () => {
  expect(lineageText(report, style)).toMatchInlineSnapshot(`
    "orders  model  models/orders.sql

    order_id  BIGINT
      from  stg.id
      to    days (which rows)
    usd       DECIMAL(18,2)
      from  stg.cents, rates.rate
      to    days.usd, months.usd
    rows of orders
      from  stg.id, rates.currency

    reads    rates, stg
    read by  days, months"
  `);
});

it('shows a column as trees, and no branch of them twice', () => {
  const above = [
    'stg.cents > orders.usd',
    'stg.net > orders.usd',
    'stg.cents > stg.net',
    'raw.c > stg.cents',
  ];
  const { columns, ...rest } = report;
  const usd = { ...rest, columns: columns.slice(1), column: 'usd', above: above.map(edge) };
  expect(lineageText({ ...usd, untraced: ['odd'] }, style)).toMatchInlineSnapshot(`
    "orders.usd  DECIMAL(18,2)  models/orders.sql

    made from
      stg.cents
        raw.c
      stg.net
        stg.cents  (see above)

    goes into
      days.usd
      months.usd

    rows of orders are decided by  stg.id, rates.currency

    not traced  odd"
  `);
});

it('says where a column has no neighbours', () => {
  const alone = { ...report, column: 'usd', above: [], below: [], rows: [] };
  expect(lineageText(alone, style)).toContain('no column goes into it, and it goes into none');
});
