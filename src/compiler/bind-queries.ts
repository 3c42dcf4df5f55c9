import { type EngineConnection, EngineError } from '../ports/engine.js';
import type { Memo } from '../ports/memo.js';
import type { Column } from '../schema/table-schema.js';
import { combineHashes } from '../util/combine-hashes.js';
import { quoteIdentifier, quoteRelation } from '../util/sql-quote.js';
import type { EngineSession } from './engine-session.js';
import { resultSchema } from './result-schema.js';
import { type QueryColumns, rowColumns } from './row-columns.js';

/** The columns of a query, with a key that is equal for equal columns. */
export interface BoundQuery {
  readonly columns: QueryColumns;
  readonly key: string;
  /** Where they are the columns of a table as they are: names differ, and types rest as they are. */
  readonly isPlain?: true;
}

export interface Query {
  /** One SELECT that can stand in brackets. */
  readonly sql: string;
  /** Stands for `sql`. */
  readonly sqlKey: string;
  /** All tables that it reads, through macros too. */
  readonly reads: readonly string[];
  /** All macros that it calls, through others too, each behind those that it calls. */
  readonly macros: readonly string[];
  /** True where its columns come from outside, such as a file that it reads by itself: they are not remembered. */
  readonly looksOutside?: boolean;
}

/** A macro as the binder makes it. */
export interface BoundMacro {
  readonly name: string;
  readonly createSql: string;
  /** Stands for `createSql`. */
  readonly sqlKey: string;
  readonly reads: readonly string[];
}

const describePrefix = 'describe ';
const largestBatch = 50;
/** Creating so many takes less time than opening another connection. */
const fewTables = 20;

/**
 * Finds the columns of queries by describing them over empty tables. Tables and macros come into being when
 * the first query needs them, so that nothing is opened or created for what the memo knows.
 */
export class QueryBinder {
  readonly #tables = new Map<string, { readonly columns: readonly Column[]; readonly key: string }>();
  readonly #macros = new Map<string, BoundMacro>();
  readonly #created = new Set<string>();
  readonly #sources = new Set<string>();

  constructor(
    private readonly session: EngineSession,
    private readonly memo: Memo,
    /** Stands for all that binding depends on besides the query and its inputs. */
    private readonly environmentKey: string,
  ) {}

  /** Makes a table known to the queries that come. `key` stands for its columns; equal columns should have equal keys. */
  addTable(name: string, columns: readonly Column[], key: string): void {
    this.#tables.set(name, { columns, key });
  }

  /** Creates a macro, whose tables and macros are known. Returns what DuckDB has against it. */
  async addMacro(macro: BoundMacro, calls: readonly string[]): Promise<EngineError | undefined> {
    const key = this.#key({ sqlKey: macro.sqlKey, reads: macro.reads, macros: calls });
    this.#macros.set(macro.name, macro);
    if (this.memo.get<boolean>('macro', key)) return undefined;
    try {
      for (const name of calls) await this.#createMacro(this.#macros.get(name)!);
      await this.#createMacro(macro);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#macros.delete(macro.name);
      return error;
    }
    this.memo.set('macro', key, true);
    return undefined;
  }

  /** Binds queries whose tables and macros are known. Offsets in errors are those in the query's SQL. */
  async bind(queries: readonly Query[]): Promise<readonly (BoundQuery | EngineError)[]> {
    const keys = queries.map((query) => this.#key(query));
    const results: (BoundQuery | EngineError | undefined)[] = keys.map((key, i) =>
      queries[i]!.looksOutside ? undefined : this.memo.get<BoundQuery>('bind', key),
    );
    const missing = queries.flatMap((_, i) => (results[i] ? [] : [i]));
    if (missing.length === 0) return results as BoundQuery[];
    await this.create(missing.map((i) => queries[i]!));
    // Small enough that no connection waits long for another one.
    const batchCount = Math.max(2 * this.session.connectionCount, Math.ceil(missing.length / largestBatch));
    await this.session.spread(inParts(missing, batchCount), async (batch, connection) => {
      const described = await describeAll(
        batch.map((i) => queries[i]!.sql),
        connection,
      );
      for (const [n, i] of batch.entries()) {
        const columns = described[n]!;
        if (columns instanceof EngineError) {
          results[i] = columns;
          continue;
        }
        const bound: BoundQuery = {
          columns,
          key: columnsKey(columns),
          ...(isPlain(columns) && { isPlain: true }),
        };
        results[i] = bound;
        if (!queries[i]!.looksOutside) this.memo.set('bind', keys[i]!, bound);
      }
    });
    return results as (BoundQuery | EngineError)[];
  }

  /** The SQL names its tables, so their columns alone are missing in its key. */
  #key({ sqlKey, reads, macros }: Omit<Query, 'sql'>): string {
    let key = `${this.environmentKey} ${sqlKey}`;
    for (const name of macros) key += ` ${this.#macros.get(name)?.sqlKey}`;
    for (const name of reads) key += ` ${this.#tables.get(name)?.key}`;
    return key.length < 200 ? key : combineHashes(key);
  }

  /** Makes a macro known that is good already; it is created with the first query that calls it. */
  knowMacro(macro: BoundMacro): void {
    this.#macros.set(macro.name, macro);
  }

  /** Creates the tables and macros of these queries that are not there yet. */
  async create(queries: readonly Pick<Query, 'reads' | 'macros'>[]): Promise<void> {
    const macros = new Set(queries.flatMap((query) => query.macros));
    const wanted = new Set(queries.flatMap((query) => query.reads));
    await this.#createTables(wanted);
    for (const name of macros) {
      const macro = this.#macros.get(name);
      if (macro) await this.#createMacro(macro);
    }
  }

  async #createTables(names: Iterable<string>): Promise<void> {
    const schemas: string[] = [];
    const tables: string[] = [];
    for (const name of names) {
      const table = this.#tables.get(name);
      if (!table || this.#created.has(name)) continue;
      this.#created.add(name);
      const dot = name.indexOf('.');
      const source = dot < 0 ? '' : name.slice(0, dot);
      if (source && !this.#sources.has(source)) {
        this.#sources.add(source);
        schemas.push(`create schema if not exists ${quoteIdentifier(source)};`);
      }
      tables.push(`create table ${quoteRelation(name)} (${table.columns.map(columnSql).join(', ')});`);
    }
    if (schemas.length > 0) await (await this.session.first()).run(schemas.join('\n'));
    const partCount = tables.length < fewTables ? 1 : this.session.connectionCount;
    await this.session.spread(inParts(tables, partCount), async (part, connection) => {
      await connection.run(part.join('\n'));
    });
  }

  async #createMacro(macro: BoundMacro): Promise<void> {
    const id = `macro ${macro.name}`;
    if (this.#created.has(id)) return;
    await this.#createTables(macro.reads);
    await (await this.session.first()).run(macro.createSql);
    this.#created.add(id);
  }
}

/** A key of columns, the same for the same names and types. */
export function columnsKey(columns: QueryColumns): string {
  return combineHashes(...columns.flatMap(({ name, type }) => [name, type])).slice(0, 20);
}

function isPlain(columns: QueryColumns): boolean {
  const result = resultSchema(columns, '', true);
  return result.problems.length === 0 && columns.every(({ type }, i) => result.columns[i]!.type === type);
}

/** At most `count` parts of about the same size. */
function inParts<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const size = Math.max(1, Math.ceil(items.length / count));
  const parts: T[][] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}

function columnSql({ name, type }: Column): string {
  return `${quoteIdentifier(name)} ${type}`;
}

/** Many queries in one statement; when one of them has an error, each by itself. */
async function describeAll(
  sqls: readonly string[],
  connection: EngineConnection,
): Promise<readonly (QueryColumns | EngineError)[]> {
  const types = sqls.length > 1 ? await describeRows(sqls, connection) : undefined;
  const results: (QueryColumns | EngineError)[] = [];
  for (const [i, sql] of sqls.entries())
    results.push((types && rowColumns(types[i]!)) ?? (await describe(sql, connection)));
  return results;
}

/** A name that no column has: it stands for whole rows. */
const wholeRow = quoteIdentifier('a row of the query');

/**
 * The types of the rows of queries, in one statement of which each is a value: two thirds of the work of describing
 * them one by one. Undefined where one of them has an error.
 */
async function describeRows(
  sqls: readonly string[],
  connection: EngineConnection,
): Promise<readonly string[] | undefined> {
  const values = sqls.map((sql) => `(select ${wholeRow} from (\n${sql}\n) as ${wholeRow})`);
  try {
    const rows = await connection.rows(`${describePrefix}select ${values.join(', ')}`);
    return rows.map((row) => row.column_type as string);
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'interrupted') throw error;
    return undefined;
  }
}

async function describe(sql: string, connection: EngineConnection): Promise<QueryColumns | EngineError> {
  try {
    const rows = await connection.rows(`${describePrefix}${sql}`);
    return rows.map((row) => ({ name: row.column_name as string, type: row.column_type as string }));
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'interrupted') throw error;
    const offset = error.details.offset;
    if (offset === undefined) return error;
    const details = { ...error.details, offset: Math.max(0, offset - describePrefix.length) };
    return new EngineError(error.kind, error.message, details, { cause: error });
  }
}
