import { expect, test } from 'vitest';
import { sketchManifest } from '../../test/support/manifest.js';
import { untimedInputs } from './untimed-inputs.js';

function messages(strategy: string, inputs: readonly string[], text = 'select * from s.t') {
  const { nodes } = sketchManifest([
    { name: 's.t' },
    { name: 'sd', kind: 'seed' },
    { name: 's.timed', config: { options: { event_time: 'at' } } },
    { name: 'm', inputs, config: { materialized: 'incremental', options: { strategy } } },
  ]);
  return untimedInputs(nodes.get('m')!, nodes, text).map(({ severity, message, hint }) => [
    severity,
    message,
    hint,
  ]);
}

test('intervals over inputs without an event_time are a warning, which says whose to give', () => {
  const message =
    'None of the tables that m reads has an event_time: rows that land later for intervals that are built stay out.';
  const hint = 'give s.t an `event_time`, the column that says when a row happened';
  expect(messages('time_range', ['s.t'])).toEqual([['warning', message, hint]]);
});

test('a seed is not told to have an event_time, which it cannot have', () => {
  const what = 'the column that says when a row happened';
  const through = `read sd through a model with \`materialized: view\` and an \`event_time\`, ${what}`;
  expect(messages('time_range', ['sd']).map((warning) => warning[2])).toEqual([through]);
  const other = `give s.t an \`event_time\`, ${what}`;
  expect(messages('time_range', ['sd', 's.t']).map((warning) => warning[2])).toEqual([other]);
});

test('nothing is said where an input has one, the query picks its rows, or there are no intervals', () => {
  expect(messages('time_range', ['s.t', 's.timed'])).toEqual([]);
  expect(messages('time_range', [])).toEqual([]);
  expect(messages('append', ['s.t'])).toEqual([]);
  expect(messages('time_range', ['s.t'], "select * from s.t where at >= '${batch.start}'")).toEqual([]);
});
