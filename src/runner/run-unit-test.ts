import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ManifestNode, ManifestTest } from '../ir/manifest.js';
import { type EngineConnection, EngineError, type EngineRow } from '../ports/engine.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { failurePlace, printableFailure } from './failure-place.js';
import type { RunContext } from './run-context.js';
import { actualRows, differencesSql, type UnitTestSql, unitTestSql } from './unit-test-sql.js';

/** How many rows differ, and some of them: a first column says which side they are on. */
export interface Differences {
  readonly count: number;
  readonly rows: readonly EngineRow[];
}

const shownRows = 10;

/**
 * Runs a model over the rows of a unit test, in a database of its own that is gone afterwards. Throws
 * `DiagnosticError` where the model fails on them.
 */
export function runUnitTest(test: ManifestTest, context: RunContext): Promise<Differences> {
  const sql = unitTestSql(test, context.manifest, (node) => seenByTest(node, test, context));
  return context.connections.use((connection) =>
    inOwnDatabase(`unit test ${test.name}`, connection, () => compare(sql, test, context, connection)),
  );
}

/** A model's SQL with the variables and the batch of a test, and as a run that adds to its rows where they are given. */
function seenByTest(node: ManifestNode, test: ManifestTest, { expand }: RunContext): string {
  const { vars, batch, given } = test.unit!;
  const isTested = node.name === test.node;
  const incremental = isTested && given.some(({ table }) => table === test.node);
  const isBatched = isTested && node.config.options.strategy === 'time_range';
  if (!vars && !isBatched) return incremental ? (node.incremental?.sql ?? node.sql!) : node.sql!;
  try {
    return expand(node, { incremental, ...(isBatched && batch && { batch }), ...(vars && { vars }) }).sql;
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError) || !isBatched || batch) throw thrown;
    throw new DiagnosticError([lacksBatch(test), ...thrown.diagnostics], { cause: thrown });
  }
}

function lacksBatch({ name, node, span }: ManifestTest): Diagnostic {
  const message = `${name} gives no batch, and ${node} is built by intervals of time.`;
  const hint = 'say which, such as batch: { start: 2024-01-31, end: 2024-02-01 }';
  return errorDiagnostic('template/macro-error', message, { ...(span && { span }), hint });
}

async function inOwnDatabase<T>(
  name: string,
  connection: EngineConnection,
  action: () => Promise<T>,
): Promise<T> {
  const database = quoteIdentifier(name);
  const [before] = await connection.rows('select current_database() as db, current_schema() as schema');
  const back = `${quoteIdentifier(String(before!.db))}.${quoteIdentifier(String(before!.schema))}`;
  await connection.run(`attach or replace ':memory:' as ${database}`);
  try {
    await connection.run(`use ${database}`);
    return await action();
  } finally {
    await connection.run(`use ${back}; detach ${database}`);
  }
}

async function compare(
  { setup, actual, compared }: UnitTestSql,
  test: ManifestTest,
  context: RunContext,
  connection: EngineConnection,
): Promise<Differences> {
  const node = context.manifest.nodes.get(test.node!)!;
  const at = test.span && { span: test.span };
  await connection.run(setup.join(';\n'));
  try {
    await connection.run(actual);
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.kind === 'interrupted') throw thrown;
    const message = `${node.name} failed on the rows of ${test.name}: ${printableFailure(node, thrown, context)}`;
    const place = failurePlace(node, thrown, context) ?? at;
    throw new DiagnosticError([errorDiagnostic('run/query-failed', message, place)], { cause: thrown });
  }
  const returned = await columnsOf(actualRows, connection);
  const isReturned = ({ name }: Column) => returned.has(name.toLowerCase());
  const lacking = compared?.filter((column) => !isReturned(column)) ?? [];
  if (lacking.length > 0) {
    const names = lacking.map(({ name }) => name).join(', ');
    const message = `${test.name} expects ${names} of ${node.name}, whose table has it and whose query does not return it.`;
    throw new DiagnosticError([errorDiagnostic('compile/unknown-column', message, at)]);
  }
  const differences = differencesSql(compared ?? node.schema.columns.filter(isReturned));
  const [counted] = await connection.rows(`select count(*) as count from (${differences})`);
  const count = Number(counted!.count);
  const rows = count === 0 ? [] : await connection.rows(`${differences} limit ${shownRows}`);
  return { count, rows };
}

/** Names in lower case. */
async function columnsOf(table: string, connection: EngineConnection): Promise<ReadonlySet<string>> {
  const rows = await connection.rows(`describe ${quoteIdentifier(table)}`);
  return new Set(rows.map((row) => String(row.column_name).toLowerCase()));
}
