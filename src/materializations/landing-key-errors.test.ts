import { expect, test } from 'vitest';
import { sketchNode } from '../../test/support/manifest.js';
import type { PlainValue } from '../ir/plain-value.js';
import { landingKeyErrors } from './landing-key-errors.js';
import { materializations } from './registry.js';

const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'ts', type: 'TIMESTAMP' },
];
const place = { offset: 0, line: 5, column: 9 };
const span = { file: 'sources.yml', start: place, end: place };

function found(options: Readonly<Record<string, PlainValue>>) {
  const configSpans = Object.fromEntries(Object.keys(options).map((key) => [key, span]));
  return landingKeyErrors(sketchNode({ name: 's.t', schema: { columns }, config: { options }, configSpans }));
}

test.each([
  [{ cursor: 'tss' }, 's.t has no column "tss", which its cursor names.', 'did you mean "ts"?'],
  [
    { primary_key: ['nope'] },
    's.t has no column "nope", which its primary_key names.',
    'its columns are id, ts',
  ],
  [
    { primary_key: [] },
    'The primary_key of s.t names no column.',
    'name the columns that tell its rows apart, such as `primary_key: [id]`, or leave it out',
  ],
  [
    { primary_key: ['id', 'ID'] },
    'The primary_key of s.t names "ID" twice (upper and lower case are the same to SQL).',
    'name each column once',
  ],
])('%j is an error at its place', (options, message, hint) => {
  expect(found(options)).toEqual([
    { code: 'compile/invalid-config', severity: 'error', message, hint, span },
  ]);
});

test('columns that are there, in any case, are no error', () => {
  expect(found({ primary_key: ['ID', 'ts'], cursor: 'TS' })).toEqual([]);
  expect(found({})).toEqual([]);
});

test.each([
  ['incremental', { strategy: 'merge' }],
  ['snapshot', { check_columns: ['all'] }],
])('a unique_key of %s names a column once', (materialized, options) => {
  const config = { materialized, options: { ...options, unique_key: ['id', 'Id'] } };
  const messages = materializations[materialized]!.validate(sketchNode({ name: 'm', config })).map(
    ({ message }) => message,
  );
  expect(messages).toEqual([
    'The unique_key of m names "Id" twice (upper and lower case are the same to SQL).',
  ]);
});
