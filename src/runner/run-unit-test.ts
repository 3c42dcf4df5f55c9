import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Span } from '../diagnostics/span.js';
import type { ManifestNode, ManifestTest } from '../ir/manifest.js';
import { type EngineConnection, EngineError, type EngineRow } from '../ports/engine.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';
import { failurePlace, printableFailure } from './failure-place.js';
import type { RunContext } from './run-context.js';
import { type UnitTestSql, unitTestSql } from './unit-test-sql.js';

/** How many rows differ, and some of them: a first column says which side they are on. */
export interface Differences {
  readonly count: number;
  readonly rows: readonly EngineRow[];
}

const shownRows = 10;

/**
 * Runs a model over the rows of a unit test, in a database of its own that is gone afterwards. Throws
 * `DiagnosticError` where the rows do not fit their columns or the model fails on them.
 */
export function runUnitTest(test: ManifestTest, context: RunContext): Promise<Differences> {
  const sql = unitTestSql(test, context.manifest, (node) => seenByTest(node, test, context));
  return context.connections.use((connection) =>
    inOwnDatabase(`unit test ${test.name}`, connection, () => compare(sql, test, context, connection)),
  );
}

/** A model's SQL with the variables and the batch of a test, and as a run that adds to its rows where they are given. */
function seenByTest(node: ManifestNode, { node: tested, unit }: ManifestTest, { expand }: RunContext): string {
  const { vars, batch, given } = unit!;
  const isTested = node.name === tested;
  const incremental = isTested && given.some(({ table }) => table === tested);
  const isBatched = isTested && node.config.options.strategy === 'time_range';
  if (vars || isBatched) {
    const mode = { incremental, ...(isBatched && batch && { batch }), ...(vars && { vars }) };
    return expand(node, mode).sql;
  }
  return incremental ? (node.incremental?.sql ?? node.sql!) : node.sql!;
}

async function inOwnDatabase<T>(
  name: string,
  connection: EngineConnection,
  action: () => Promise<T>,
): Promise<T> {
  const database = quoteIdentifier(name);
  const [before] = await connection.rows('select current_database() as db, current_schema() as schema');
  const back = `${quoteIdentifier(String(before!.db))}.${quoteIdentifier(String(before!.schema))}`;
  await connection.run(`attach ':memory:' as ${database}`);
  try {
    await connection.run(`use ${database}`);
    return await action();
  } finally {
    await connection.run(`use ${back}; detach ${database}`);
  }
}

async function compare(
  sql: UnitTestSql,
  test: ManifestTest,
  context: RunContext,
  connection: EngineConnection,
): Promise<Differences> {
  const node = context.manifest.nodes.get(test.node!)!;
  const unfit = (error: EngineError, what: string, span: Span) =>
    errorDiagnostic('test/failed', `${what} do not fit its columns: ${error.message}`, { span });
  for (const { sql: table, given } of sql.tables) {
    await explained(connection, table, (error) =>
      given ? unfit(error, `The rows given for ${given.table}`, given.span) : undefined,
    );
  }
  await explained(connection, sql.expected, (error) =>
    unfit(error, `The rows expected of ${node.name}`, test.unit!.expect.span),
  );
  for (const definition of sql.definitions) await connection.run(definition);
  await explained(connection, sql.actual, (error) => {
    const message = `${node.name} failed on the rows of ${test.name}: ${printableFailure(node, error, context)}`;
    const place = failurePlace(node, error, context) ?? (test.span && { span: test.span });
    return errorDiagnostic('run/query-failed', message, place);
  });
  const [counted] = await connection.rows(`select count(*) as count from (${withoutEnd(sql.differences)})`);
  const count = Number(counted!.count);
  const rows = count === 0 ? [] : await connection.rows(`${sql.differences} limit ${shownRows}`);
  return { count, rows };
}

async function explained(
  connection: EngineConnection,
  sql: string,
  explain: (error: EngineError) => Diagnostic | undefined,
): Promise<void> {
  try {
    await connection.run(sql);
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.kind === 'interrupted') throw thrown;
    const explanation = explain(thrown);
    throw explanation ? new DiagnosticError([explanation], { cause: thrown }) : thrown;
  }
}
