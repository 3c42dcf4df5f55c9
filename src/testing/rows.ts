import { openDuckdb } from '../engine/duckdb.js';
import { type EngineConnection, EngineError, type EngineRow } from '../ports/engine.js';
import { Misfit } from '../runner/transform/misfit.js';
import { type OutputColumn, outputColumn } from '../runner/transform/output-column.js';
import { sqlLiteral } from '../template/sql-literal.js';
import { own } from '../util/own.js';
import { quoteIdentifier, quoteRelation } from '../util/sql-quote.js';
import { type Fragment, type MacroContext, sqlOf } from './sql-of.js';

type Row = Readonly<Record<string, unknown>>;

/** A table for a test: rows, whose column types are found from the values, or rows with the types they have. */
export type GivenTable =
  | readonly Row[]
  | { readonly columns: Readonly<Record<string, string>>; readonly rows: readonly Row[] };

export interface RowsOptions extends MacroContext {
  /** The tables that the SQL reads, by name: `stg_orders`, `shop.orders`. */
  readonly given?: Readonly<Record<string, GivenTable>>;
}

/**
 * The rows that a macro's SQL gives in DuckDB, over tables that the test makes. A query is run as it is. An
 * expression is selected as `value`, from the given table where there is one. Values are those of generated
 * types: BIGINT is bigint; DECIMAL, DATE and TIMESTAMP are text. NaN and infinite numbers are text too.
 *
 * ```ts
 * await rows(latestBy(ref('orders'), { key: 'id', orderBy: 'at' }), {
 *   given: { orders: [{ id: 1, at: 1 }, { id: 1, at: 2 }] },
 * }); // [{ id: 1n, at: 2n }]
 * await rows(centsToDollars('price'), { given: { t: [{ price: 199 }] } }); // [{ value: '1.99' }]
 * ```
 */
export async function rows(fragment: Fragment, options: RowsOptions = {}): Promise<readonly EngineRow[]> {
  const given = Object.entries(options.given ?? {}).map(
    ([name, table]) => [name, typed(name, table)] as const,
  );
  const columns = Object.fromEntries(given.map(([name, table]) => [name, table.columns]));
  const sql = sqlOf(fragment, { ...options, columns: { ...columns, ...options.columns } });
  const engine = await openDuckdb({ threads: 1, init: "set TimeZone = 'UTC'" });
  const connection = await engine.connect();
  try {
    for (const [name, table] of given) await createTable(connection, name, table);
    return await run(connection, sql, given.length === 1 ? given[0]![0] : undefined);
  } catch (thrown) {
    throw explained(thrown, sql);
  } finally {
    connection.close();
    engine.close();
  }
}

interface TypedTable {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

async function run(
  connection: EngineConnection,
  sql: string,
  table: string | undefined,
): Promise<readonly EngineRow[]> {
  try {
    return await connection.rows(sql);
  } catch (thrown) {
    if (!isSyntaxError(thrown)) throw thrown;
    const from = table === undefined ? '' : ` from ${quoteRelation(table)}`;
    return await connection.rows(`select ${sql} as "value"${from}`).catch((second: unknown) => {
      // Where more than the first word could be read, it was a query.
      throw (thrown.details.offset ?? 0) > 0 && isSyntaxError(second) ? thrown : second;
    });
  }
}

function isSyntaxError(thrown: unknown): thrown is EngineError {
  return thrown instanceof EngineError && thrown.kind === 'syntax';
}

function explained(thrown: unknown, sql: string): unknown {
  if (!(thrown instanceof EngineError)) return thrown;
  const { entryType, subject = '' } = thrown.details;
  if (entryType !== 'Table') return thrown;
  const message = `The SQL reads ${subject}, which the test does not give: write given: { ${subject}: [{ … }] }.`;
  return new Error(`${message}\n${sql}`, { cause: thrown });
}

async function createTable(connection: EngineConnection, name: string, table: TypedTable): Promise<void> {
  const dot = name.indexOf('.');
  if (dot >= 0) await connection.run(`create schema if not exists ${quoteIdentifier(name.slice(0, dot))}`);
  const columns = Object.entries(table.columns);
  for (const key of table.rows.flatMap((row) => Object.keys(row))) {
    if (own(table.columns, key) !== undefined) continue;
    const known = columns.map(([column]) => column).join(', ');
    throw new Error(`A row of the given table ${name} has "${key}", which is none of its columns: ${known}.`);
  }
  const list = columns.map(([column, type]) => `${quoteIdentifier(column)} ${type}`).join(', ');
  await connection.run(`create table ${quoteRelation(name)} (${list})`);
  if (table.rows.length === 0) return;
  const described = await connection.rows(`describe ${quoteRelation(name)}`);
  const outputs = columns.map(([column, type], i) =>
    outputColumn(column, type, described[i]!.column_type as string),
  );
  const values = table.rows.map(
    (row) => `(${outputs.map((output) => valueSql(own(row, output.name), output)).join(', ')})`,
  );
  await connection.run(`insert into ${quoteRelation(name)} values ${values.join(', ')}`);
}

function valueSql(value: unknown, column: OutputColumn): string {
  if (value === null || value === undefined) return 'null';
  const cast = (literal: string) => `cast(${literal} as ${column.declared})`;
  if (Object.is(value, -0)) return cast(`'-0.0'`);
  const isNested = typeof value === 'object' && !(value instanceof Date) && !(value instanceof Uint8Array);
  if (!isNested) return cast(sqlLiteral(value));
  try {
    return column.fromRows(sqlLiteral(column.convert(value)));
  } catch (thrown) {
    if (!(thrown instanceof Misfit)) throw thrown;
    // A test need not be as exact as a transform: DuckDB may still read it, such as texts as numbers.
    const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
    return cast(`${sqlLiteral(text)}::json`);
  }
}

function typed(name: string, table: GivenTable): TypedTable {
  if ('columns' in table) return table;
  if (table.length === 0) {
    const example = `{ columns: { id: 'BIGINT' }, rows: [] }`;
    throw new Error(`The given table ${name} has no rows to take columns from: write ${name}: ${example}.`);
  }
  const names = [...new Set(table.flatMap((row) => Object.keys(row)))];
  const columns = Object.fromEntries(names.map((name) => [name, typeOf(table.map((row) => own(row, name)))]));
  return { columns, rows: table };
}

function typeOf(values: readonly unknown[]): string {
  const known = values.filter((value) => value !== null && value !== undefined);
  const all = (test: (value: unknown) => boolean) => known.length > 0 && known.every(test);
  if (all((value) => typeof value === 'bigint' || Number.isSafeInteger(value))) return 'BIGINT';
  if (all((value) => typeof value === 'number')) return 'DOUBLE';
  if (all((value) => typeof value === 'boolean')) return 'BOOLEAN';
  if (all((value) => value instanceof Date)) return 'TIMESTAMP';
  if (all((value) => typeof value === 'object')) return 'JSON';
  return 'VARCHAR';
}
