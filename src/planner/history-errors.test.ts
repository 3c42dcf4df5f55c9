import { expect, test } from 'vitest';
import { sketchManifest } from '../../test/support/manifest.js';
import type { RunPlan } from '../ir/run-plan.js';
import type { TableVersion } from '../ir/table-version.js';
import { historyErrors } from './history-errors.js';

const version = (materialized: string | undefined, rowCount = 1) =>
  ({ kind: 'table', rowCount, materialized, provenance: {} }) as TableVersion;
const plan = {
  nodes: [{ name: 'm', action: 'build', reason: { kind: 'new' }, mode: { kind: 'full', inputsKey: '' } }],
  drops: [],
} as unknown as RunPlan;

test.each([
  ['a snapshot that becomes a table', 'table', version('snapshot'), 1],
  ['an incremental table that becomes one', 'table', version('incremental'), 0],
  ['one that says so', 'snapshot', version('snapshot'), 0],
  ['one without rows', 'table', version('snapshot', 0), 0],
  ['one that an older version of the tool made', 'snapshot', version(undefined), 0],
])('%s: rows that would be lost are an error', (_, materialized, current, count) => {
  const manifest = sketchManifest([{ name: 'm', config: { materialized } }]);
  const errors = historyErrors(manifest, { commit: 1, tables: new Map([['m', current]]) }, plan);
  expect(errors.map(({ code }) => code)).toEqual(Array(count).fill('run/protected'));
});
