import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { LineIndex, type Span } from '../diagnostics/span.js';
import { systemFailure } from '../diagnostics/system-failure.js';
import type { ManifestTest } from '../ir/manifest.js';
import type { PlainValue } from '../ir/plain-value.js';
import { printableMessage, printableSql } from '../ir/printable-sql.js';
import type { PlannedTest } from '../ir/run-plan.js';
import type { TestResult, TestStatus } from '../ir/run-result.js';
import { type EngineConnection, EngineError } from '../ports/engine.js';
import type { RunContext } from './run-context.js';
import { runUnitTest } from './run-unit-test.js';

const sampleSize = 5;

/** Runs one data test on the versions that this run wrote, or on the committed ones; or a unit test. */
export async function runTest(planned: PlannedTest, context: RunContext): Promise<TestResult> {
  const { test } = planned;
  const started = performance.now();
  const finish = (status: TestStatus, details: Partial<TestResult> = {}): TestResult => ({
    name: test.name,
    ...(test.node !== undefined && { node: test.node }),
    ...(test.unit && { isUnit: true }),
    status,
    durationMs: performance.now() - started,
    failureCount: 0,
    sample: [],
    sql: printableSql(test),
    ...(test.span && { span: test.span }),
    diagnostics: [],
    ...(status === 'pass' && { auditKey: planned.auditKey }),
    ...details,
  });
  if (planned.passedBefore) return finish('reused');
  try {
    if (test.unit) {
      const { count, rows } = await runUnitTest(test, context);
      return finish(count === 0 ? 'pass' : 'fail', { failureCount: count, sample: rows.map(plainRow) });
    }
    await context.session.ensure(test.reads);
    return await context.connections.use(async (connection) => {
      const { count, status } = await countFailures(planned, connection);
      if (count === 0 || status === 'pass') return finish('pass', { failureCount: count });
      if (planned.excuse !== undefined) return finish('skipped', { skippedBecause: planned.excuse });
      const rows = await connection.rows(`select * from (\n${test.sql}\n) limit ${sampleSize}`);
      return finish(status, { failureCount: count, sample: rows.map(plainRow) });
    });
  } catch (thrown) {
    const refused = systemFailure(thrown, `Test ${test.name} could not be run`);
    if (refused) return finish('error', { diagnostics: [refused] });
    if (thrown instanceof DiagnosticError) return finish('error', { diagnostics: thrown.diagnostics });
    if (!(thrown instanceof EngineError)) throw thrown;
    const code = thrown.kind === 'interrupted' ? 'run/interrupted' : 'run/query-failed';
    const message = `Test ${test.name} could not be run: ${printableMessage(thrown.message, [test])}`;
    const span = test.span ?? beginningOf(test, context);
    return finish('error', { diagnostics: [errorDiagnostic(code, message, span && { span })] });
  }
}

/** Where the query of a file under `tests/` begins. */
function beginningOf({ path, sql }: ManifestTest, { readFile }: RunContext): Span | undefined {
  const text = readFile(path);
  if (text === undefined) return undefined;
  const start = Math.max(0, text.indexOf(sql.trim()));
  return new LineIndex(text).span(path, start, start + 1);
}

async function countFailures({ test }: PlannedTest, connection: EngineConnection) {
  const [row] = await connection.rows(
    `select n as count, n ${test.warnIf} as warns, n ${test.errorIf} as fails from (select count(*) as n from (\n${test.sql}\n))`,
  );
  const fails = row!.fails === true && test.severity === 'error';
  const status: TestStatus = fails ? 'fail' : row!.warns === true ? 'warn' : 'pass';
  return { count: Number(row!.count), status };
}

function plainRow(row: Readonly<Record<string, unknown>>): Readonly<Record<string, PlainValue>> {
  return JSON.parse(
    JSON.stringify(row, (_, value: unknown) => {
      if (typeof value !== 'bigint') return value;
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    }),
  );
}
