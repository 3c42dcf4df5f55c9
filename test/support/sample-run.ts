import { errorDiagnostic } from '../../src/diagnostics/diagnostic.js';
import { LineIndex } from '../../src/diagnostics/span.js';
import type { RunEvent } from '../../src/ir/run-event.js';
import type { NodeResult, RunResult, TestResult } from '../../src/ir/run-result.js';
import type { ReporterOptions } from '../../src/reporters/reporter-options.js';
import type { TextStyle } from '../../src/util/text-style.js';

/** For tests: a run in which something of everything happens. */
export const sessionsSql = 'select user_id,\n  10 / zero as rate\nfrom stg_clicks\n';

const queryFailed = errorDiagnostic('run/query-failed', 'Division by zero.', {
  span: new LineIndex(sessionsSql).span('models/marts/sessions.sql', 18, 27),
  hint: 'guard it with nullif(zero, 0).',
});

const node = (name: string, action: NodeResult['action'], rest: Partial<NodeResult>): NodeResult => ({
  name,
  action,
  reason: { kind: 'new' },
  status: 'success',
  durationMs: 312,
  diagnostics: [],
  ...rest,
});

const nodes: readonly NodeResult[] = [
  node('shop.orders', 'land', { rowCount: 120_000, sizeBytes: 2_123_456, fileCount: 1, rejectedCount: 3 }),
  node('rates', 'reuse', { status: 'reused', reason: { kind: 'unchanged' }, rowCount: 30 }),
  node('stg_orders', 'view', { durationMs: 4, reason: { kind: 'logic-changed' } }),
  node('orders', 'build', {
    rowCount: 1,
    sizeBytes: 940_000,
    fileCount: 12,
    durationMs: 12_345,
    reason: { kind: 'input-changed', inputs: ['stg_orders', 'rates'] },
  }),
  node('sessions', 'build', { status: 'failed', durationMs: 51, diagnostics: [queryFailed] }),
  node('sessions_by_day_and_country_and_device', 'build', {
    status: 'skipped',
    durationMs: 0,
    skippedBecause: 'sessions',
  }),
];

const test = (name: string, rest: Partial<TestResult>): TestResult => ({
  name,
  status: 'pass',
  durationMs: 8,
  failureCount: 0,
  sample: [],
  sql: '',
  diagnostics: [],
  ...rest,
});

const tests: readonly TestResult[] = [
  test('not_null_orders_order_id', {}),
  test('unique_orders_order_id', {
    status: 'fail',
    failureCount: 7,
    sample: [
      { order_id: 17, n: 2, status: null },
      { order_id: 9, n: 3, status: 'placed' },
    ],
    sql: `select order_id, count(*) as n from orders where status <> '' group by all having n > 1`,
    span: new LineIndex('/* model\ntests').span('models/marts/orders.sql', 9, 14),
  }),
];

const result: RunResult = {
  runId: 'r1',
  target: 'dev',
  status: 'failed',
  startedAt: '2024-01-01T00:00:00.000Z',
  durationMs: 13_100,
  commit: 42,
  nodes,
  tests,
  diagnostics: [queryFailed],
};

export const sampleRun: readonly RunEvent[] = [
  { kind: 'run-started', runId: 'r1', target: 'dev', nodeCount: 6, testCount: 2, lake: '.etl/lake' },
  { kind: 'node-started', name: 'shop.orders', action: 'land', reason: { kind: 'new' } },
  { kind: 'node-progress', name: 'shop.orders', fraction: 0.433, rowCount: 52_000 },
  { kind: 'node-finished', result: nodes[0]! },
  { kind: 'node-finished', result: nodes[1]! },
  { kind: 'node-started', name: 'stg_orders', action: 'view', reason: { kind: 'logic-changed' } },
  { kind: 'node-finished', result: nodes[2]! },
  { kind: 'node-started', name: 'orders', action: 'build', reason: nodes[3]!.reason },
  { kind: 'node-started', name: 'sessions', action: 'build', reason: { kind: 'new' } },
  { kind: 'node-progress', name: 'orders', fraction: 0.75 },
  ...nodes.slice(3).map((result) => ({ kind: 'node-finished', result }) as const),
  ...tests.map((result) => ({ kind: 'test-finished', result }) as const),
  { kind: 'committed', commit: 42, tables: ['shop.orders', 'stg_orders'] },
  { kind: 'run-finished', result },
];

/** For tests: collects what a reporter writes to both outputs, in order. */
export function collectText(style: Partial<TextStyle> = {}, detail: ReporterOptions['detail'] = 'normal') {
  let nowMs = 0;
  const written: { output: 'stdout' | 'stderr'; text: string }[] = [];
  const output = (name: 'stdout' | 'stderr') => ({
    columns: 80,
    rows: 24,
    write: (text: string) => written.push({ output: name, text }),
  });
  const options: ReporterOptions = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    style: () => ({ color: false, unicode: true, width: 130, ...style }),
    detail,
    readSource: (file) => (file === 'models/marts/sessions.sql' ? sessionsSql : undefined),
    now: () => nowMs,
    projectPath: 'warehouse',
  };
  const text = (name?: 'stdout' | 'stderr') =>
    written
      .filter(({ output }) => !name || output === name)
      .map(({ text }) => text)
      .join('');
  return { options, text, advance: (ms: number) => (nowMs += ms) };
}
