import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { SqlMacro } from '../ir/manifest.js';
import type { TableVersion } from '../ir/table-version.js';
import { type Engine, type EngineConnection, EngineError } from '../ports/engine.js';
import type { RunLake } from '../ports/run-lake.js';
import { quoteIdentifier, quoteRelation } from '../util/sql-quote.js';
import { unreadableVersion } from './damaged-version.js';

/**
 * The names that SQL sees during one run. A name is made known when the first query needs it: as the
 * version that this run wrote, or else as the one that the lake holds.
 */
export class RelationSession {
  readonly #known = new Map<string, Promise<void>>();
  readonly #definitions = new Map<string, string>();
  /** Undefined for a query. */
  readonly #defined = new Map<string, TableVersion | undefined>();
  #waiting: readonly SqlMacro[] = [];
  #macrosCreated: Promise<void> = Promise.resolve();
  #catalogQueue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly catalog: EngineConnection,
    private readonly snapshot: LakeSnapshot,
    private readonly lake: Pick<RunLake, 'relationSql'>,
  ) {}

  static async open(
    engine: Engine,
    snapshot: LakeSnapshot,
    lake: Pick<RunLake, 'relationSql'>,
    macros: readonly SqlMacro[],
  ): Promise<RelationSession> {
    const session = new RelationSession(await engine.connect(), snapshot, lake);
    session.#waiting = macros;
    await session.#createMacros();
    return session;
  }

  /** Makes committed tables known, and everything that they read; and the macros that read them. */
  async ensure(names: readonly string[]): Promise<void> {
    await this.#ensureTables(names);
    await this.#createMacros();
  }

  /** Creates the macros whose tables are there: DuckDB looks for them when a macro is made. */
  #createMacros(): Promise<void> {
    const isReady = ({ reads = [] }: SqlMacro) => reads.every((name) => this.#known.has(name));
    const ready = this.#waiting.filter(isReady);
    if (ready.length > 0) {
      this.#waiting = this.#waiting.filter((macro) => !ready.includes(macro));
      const tables = ready.flatMap((macro) => macro.reads ?? []);
      this.#macrosCreated = Promise.all([this.#macrosCreated, this.#ensureTables(tables)]).then(async () => {
        for (const macro of ready) await this.#change(macro.sql);
      });
    }
    return this.#macrosCreated;
  }

  async #ensureTables(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map((name) => {
        const known = this.#known.get(name) ?? this.#defineCommitted(name);
        this.#known.set(name, known);
        return known;
      }),
    );
  }

  /** Makes a version that this run wrote known under its name. */
  define(version: TableVersion): Promise<void> {
    this.#defined.set(version.table, version);
    const defined = this.#defineVersion(version);
    this.#known.set(version.table, defined);
    return defined;
  }

  /** Makes a query known under a name; with the version of the view that it is, if it is one. */
  defineQuery(name: string, sql: string, view?: TableVersion): Promise<void> {
    this.#defined.set(name, view);
    const defined = this.#createView(name, sql);
    this.#known.set(name, defined);
    return defined;
  }

  /** The version that a name stands for: of this run, or of the lake. Undefined for a query. */
  versionOf(name: string): TableVersion | undefined {
    return this.#defined.has(name) ? this.#defined.get(name) : this.snapshot.tables.get(name);
  }

  /** The statement that made a query or view known under a name. */
  definitionOf(name: string): string | undefined {
    return this.#definitions.get(name);
  }

  /** Changes the catalog beside the names that this keeps. */
  alter(sql: string): Promise<void> {
    return this.#change(sql);
  }

  close(): void {
    this.catalog.close();
  }

  async #defineCommitted(name: string): Promise<void> {
    const version = this.snapshot.tables.get(name);
    if (version) await this.#defineVersion(version);
  }

  async #defineVersion(version: TableVersion): Promise<void> {
    if (!version.view) return this.#defineFiles(version);
    await this.ensure(version.view.reads);
    for (const macro of version.view.macros) await this.#change(macro);
    await this.#createView(version.table, version.view.sql);
  }

  async #defineFiles(version: TableVersion): Promise<void> {
    try {
      await this.#createView(version.table, await this.lake.relationSql(version));
    } catch (thrown) {
      if (!(thrown instanceof EngineError) || thrown.kind === 'interrupted') throw thrown;
      throw new DiagnosticError([unreadableVersion(version, thrown.message)], { cause: thrown });
    }
  }

  #createView(name: string, sql: string): Promise<void> {
    const dot = name.indexOf('.');
    const schema = dot < 0 ? '' : `create schema if not exists ${quoteIdentifier(name.slice(0, dot))};`;
    const statement = `${schema} create or replace view ${quoteRelation(name)} as\n${sql}`;
    this.#definitions.set(name, statement);
    return this.#change(statement);
  }

  /** One change at a time: concurrent changes of the catalog can conflict. */
  #change(sql: string): Promise<void> {
    const changed = this.#catalogQueue.then(() => this.catalog.run(sql));
    this.#catalogQueue = changed.catch(() => undefined);
    return changed;
  }
}
