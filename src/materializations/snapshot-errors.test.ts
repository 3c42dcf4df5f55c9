import { expect, test } from 'vitest';
import { sketchNode } from '../../test/support/manifest.js';
import type { PlainValue } from '../ir/plain-value.js';
import { materializations } from './registry.js';

const place = { offset: 0, line: 3, column: 1 };

/** Errors of a snapshot of a table with these columns: at which key, what is wrong, and what to do. */
function found(options: Readonly<Record<string, PlainValue>>) {
  const { validate, tableColumns } = materializations.snapshot!;
  const config = { materialized: 'snapshot', options: { unique_key: ['id'], ...options } };
  const configSpans = Object.fromEntries(
    Object.keys(config.options).map((key) => [key, { file: key, start: place, end: place }]),
  );
  const queried = [
    { name: 'id', type: 'BIGINT' },
    { name: 'v', type: 'VARCHAR' },
    { name: 'valid_at', type: 'TIMESTAMP' },
  ];
  const node = sketchNode({ name: 'm', config, configSpans });
  const columns = tableColumns!(node.config, queried);
  return validate({ ...node, schema: { columns } }).map(({ span, message, hint }) => [
    span?.file,
    message,
    hint,
  ]);
}

test.each([
  ['check_columns', { check_columns: ['valid_from'] }, 'valid_from'],
  ['updated_at', { updated_at: 'valid_from' }, 'valid_from'],
  ['unique_key', { unique_key: ['IS_CURRENT'], updated_at: 'valid_at' }, 'IS_CURRENT'],
  ['check_columns', { check_columns: ['is_deleted'], hard_deletes: 'new_record' }, 'is_deleted'],
])('%s cannot name a column that the snapshot adds', (key, options, name) => {
  const message = `"${name}" is a column that the snapshot m adds, so its ${key} cannot name it.`;
  expect(found(options)).toEqual([[key, message, 'name a column of the query: id, v, valid_at']]);
});

test('hints for a wrong column name only columns of the query', () => {
  const message = (name: string) => `m has no column "${name}", which its updated_at names.`;
  expect(found({ updated_at: 'valid_fron' })).toEqual([
    ['updated_at', message('valid_fron'), 'its columns are id, v, valid_at'],
  ]);
  expect(found({ updated_at: 'valid_a' })).toEqual([
    ['updated_at', message('valid_a'), 'did you mean "valid_at"?'],
  ]);
});

test('exactly one setting says what changed', () => {
  const examples = '`check_columns: [status]`, or `check_columns: all`';
  expect(found({})).toEqual([
    [
      undefined,
      'm needs either "updated_at" or "check_columns" to see what changed.',
      `write \`updated_at: updated_at\`, or ${examples}`,
    ],
  ]);
  expect(found({ updated_at: 'valid_at', check_columns: ['v'] })).toEqual([
    [
      'check_columns',
      'm has both "updated_at" and "check_columns": only one of them can say what changed.',
      'leave one of them out',
    ],
  ]);
  expect(found({ check_columns: [] })).toEqual([
    [
      'check_columns',
      'The check_columns of m name no column, so no change would be seen.',
      `write ${examples}`,
    ],
  ]);
  for (const options of [{ check_columns: ['all'] }, { check_columns: ['v'] }, { updated_at: 'valid_at' }])
    expect(found(options)).toEqual([]);
});

test('the key alone cannot change', () => {
  expect(found({ check_columns: ['ID'] })).toEqual([
    [
      'check_columns',
      'The check_columns of m name only columns of the key, which tells rows apart, so no change would be seen.',
      'write `check_columns: [status]`, or `check_columns: all`',
    ],
  ]);
});
