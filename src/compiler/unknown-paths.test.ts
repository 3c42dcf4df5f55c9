import { expect, test } from 'vitest';
import { nodeConfig } from '../../test/support/node-config.js';
import type { ColumnConfig } from '../ir/project.js';
import { unknownPaths } from './unknown-paths.js';

const columns = [
  { name: 'id', type: 'INTEGER' },
  { name: 'two words', type: 'STRUCT(a INTEGER)' },
  { name: 'li', type: 'STRUCT(kk INTEGER, "it\'s" DATE)[]' },
  { name: 'prices', type: 'MAP(VARCHAR, STRUCT(amount INTEGER))' },
  { name: 'payload', type: 'JSON' },
];
const said = (name: string, more: Partial<ColumnConfig> = {}) =>
  unknownPaths(nodeConfig({ columns: [{ name, tests: [], ...more }] }), columns).map(
    ({ message, hint }) => `${message} ${hint ?? ''}`,
  );
const renamedFrom = 'k';

test.each([
  'id',
  'ID',
  'li',
  'li[]',
  'Li[].KK',
  'prices[key]',
  'prices[value].amount',
  'two words',
  '"two words".a',
  'payload.any',
])('%s is there', (path) => {
  expect(said(path)).toEqual([]);
});

test.each([
  ['idd', {}, 'There is no column "idd" to describe. did you mean "id"?'],
  ['nothing', {}, 'There is no column "nothing" to describe. '],
  ['li.kk', { renamedFrom }, 'There is no field "li.kk" to rename. did you mean "li[].kk"?'],
  ['li[].k', {}, 'There is no field "li[].k" to describe. did you mean "li[].kk"?'],
  [
    'prices.amount',
    {},
    'There is no field "prices.amount" to describe. did you mean "prices[value].amount"?',
  ],
  // Pins and files tell upper from lower case.
  ['LI[].kk', { renamedFrom }, 'There is no field "LI[].kk" to rename. did you mean "li[].kk"?'],
])('%s is not', (path, more, message) => {
  expect(said(path, more)).toEqual([message]);
});
