import { expect, it } from 'vitest';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { NodeResult } from '../ir/run-result.js';
import { nodeLine, reasonText } from './node-line.js';

const result: NodeResult = {
  name: 'orders',
  action: 'build',
  reason: { kind: 'logic-changed' },
  status: 'success',
  durationMs: 312,
  rowCount: 18_312,
  sizeBytes: 940_000,
  fileCount: 12,
  diagnostics: [],
};

it.each([
  [200, 'OK     build   orders        18,312 rows   940 kB   12 files   0.31 s  changed'],
  [70, 'OK     build   orders        18,312 rows   940 kB   12 files   0.31 s'],
  [60, 'OK     build   orders        18,312 rows   940 kB   0.31 s'],
  [50, 'OK     build   orders        18,312 rows   0.31 s'],
])('fits into %i columns', (width, line) => {
  expect(nodeLine(result, 8, { color: false, unicode: true, width })).toBe(line);
});

it('tells what was stopped from what failed', () => {
  const interrupted = {
    ...result,
    status: 'failed',
    diagnostics: [errorDiagnostic('run/interrupted', '')],
  } as const;
  expect(nodeLine(interrupted, 8, { color: false, unicode: true, width: 50 })).toMatch(/^STOP {3}build/);
});

it('tells another sample from all rows', () => {
  const changes = [
    [{ before: '10%' }, 'all rows instead of a sample'],
    [{ now: '10%' }, 'a sample instead of all rows'],
    [{ before: '10%', now: '20%' }, 'another sample'],
  ] as const;
  for (const [samples, text] of changes)
    expect(reasonText({ kind: 'sample-changed', ...samples })).toBe(text);
});
