import { expect, test } from 'vitest';
import { sketchNode } from '../../test/support/manifest.js';
import type { PlainValue } from '../ir/plain-value.js';
import { materializations } from './registry.js';
import { unreadSettings } from './unread-settings.js';

const at = (file: string) => {
  const place = { offset: 0, line: 2, column: 1 };
  return { file, start: place, end: place };
};

function found(materialized: string, options: Readonly<Record<string, PlainValue>>, file = 'models/m.sql') {
  const configSpans = Object.fromEntries(Object.keys(options).map((key) => [key, at(file)]));
  return unreadSettings(sketchNode({ name: 'm', config: { materialized, options }, configSpans }));
}

test.each([
  ['table', { unique_key: ['id'] }, 'a table', 'a snapshot, or incremental with strategy merge'],
  [
    'view',
    { cluster_by: ['id'] },
    'a view',
    /^leave it out; it is for a table, or incremental with strategy append/,
  ],
  [
    'incremental',
    { strategy: 'append', lookback: 3 },
    'incremental with strategy append',
    'incremental with strategy time_range',
  ],
  ['snapshot', { order_by: ['id'] }, 'a snapshot', 'incremental with strategy merge'],
] as const)('%s with %j warns, and says what the setting is for', (materialized, options, way, hint) => {
  const [warning, ...others] = found(materialized, options);
  expect(others).toEqual([]);
  expect(warning).toMatchObject({ severity: 'warning', code: 'compile/invalid-config' });
  expect(warning!.message).toBe(`m is ${way}, for which "${Object.keys(options).at(-1)}" has no meaning.`);
  expect(warning!.hint).toMatch(hint);
});

test('settings that are read, and defaults of folders, are no warning', () => {
  expect(found('table', { cluster_by: ['id'], event_time: 'at', publish: { path: 'x' } })).toEqual([]);
  expect(found('table', { unique_key: ['id'] }, 'etl.yml')).toEqual([]);
  for (const [name, { example }] of Object.entries(materializations))
    expect(found(name, example?.options ?? {})).toEqual([]);
  const merge = {
    strategy: 'merge',
    unique_key: ['id'],
    order_by: ['id'],
    cluster_by: ['id'],
    full_refresh: false,
  };
  expect(found('incremental', merge)).toEqual([]);
});

test('rows of a table lie in the order of cluster_by', () => {
  const node = sketchNode({ name: 'm', config: { options: { cluster_by: ['ID'] } } });
  expect(materializations.table!.validate(node)).toEqual([]);
  expect(materializations.table!.plan({ node, sql: 'select 1', current: undefined })).toMatchObject({
    orderBy: ['ID'],
  });
});

test('every way of building says which settings it reads', () => {
  const ways = Object.keys(materializations).filter((name) => name !== 'incremental');
  for (const name of ways) expect([name, found(name, { no_such: 1 }).length]).toEqual([name, 1]);
  for (const strategy of ['append', 'merge', 'overwrite_partitions', 'time_range'])
    expect([strategy, found('incremental', { strategy, no_such: 1 }).length]).toEqual([strategy, 1]);
});
