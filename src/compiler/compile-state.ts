import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { PendingModel } from '../ir/expanded-model.js';
import { printableMessage } from '../ir/printable-sql.js';
import type { ModelFile } from '../ir/project.js';
import type { EngineError } from '../ports/engine.js';
import type { Memo } from '../ports/memo.js';
import type { Column, TableSchema } from '../schema/table-schema.js';
import { combineHashes } from '../util/combine-hashes.js';
import { type BoundQuery, columnsKey, QueryBinder } from './bind-queries.js';
import type { CompileInput } from './compile-input.js';
import type { Draft } from './draft.js';
import type { EngineSession } from './engine-session.js';
import { type BindingProblem, explainBinding } from './explain-binding.js';
import { placeOf } from './locate.js';
import { type MacroClosure, MacroSet } from './macro-set.js';
import { NameTable } from './name-table.js';
import { parseSql, type Statement } from './parse-sql.js';
import { functionNames, type ParsedSql } from './parsed-sql.js';
import { pureTableFunctions } from './repeatability.js';
import { typescriptMacroFinder } from './typescript-macros.js';

const noMemo: Memo = { get: () => undefined, set: () => {} };

/** What is known of every node while a project is compiled, and what is wrong. */
export class CompileState {
  readonly memo: Memo;
  readonly names: NameTable;
  readonly macros: MacroSet;
  readonly binder: QueryBinder;
  /** The enabled ones. */
  readonly models: ReadonlyMap<string, ModelFile>;
  readonly drafts = new Map<string, Draft>();
  /** What models become in runs that only add to their table, where that is other SQL. */
  readonly variants = new Map<string, Draft>();
  /** Models that wait for the columns of others to be expanded. */
  readonly pending = new Map<string, PendingModel>();
  /** Of sources, seeds and the models that are bound. */
  readonly schemas = new Map<string, readonly Column[]>();
  /** Of the macros that are bound. */
  readonly closures = new Map<string, MacroClosure>();
  /** Nodes, and macros by their id in the graph, that have an error or stand below one. */
  readonly failed = new Set<string>();
  /** What each node and macro reads, by their ids in the graph. */
  readonly edges = new Map<string, readonly string[]>();
  readonly diagnostics: Diagnostic[] = [];
  /** Stands for what binding depends on besides SQL. */
  readonly environmentKey: string;

  constructor(
    readonly input: CompileInput,
    readonly session: EngineSession,
  ) {
    const { project } = input;
    this.memo = input.memo ?? noMemo;
    this.names = new NameTable(project, input.known?.names);
    this.macros = new MacroSet(project.sqlMacros, this.report);
    this.environmentKey = combineHashes(project.engine.init ?? '').slice(0, 8);
    this.binder = new QueryBinder(session, this.memo, this.environmentKey);
    this.models = new Map(project.models.filter((m) => m.config.enabled).map((m) => [m.name, m]));
    for (const pending of input.pending ?? []) {
      if (this.models.get(pending.name)?.path === pending.path) this.pending.set(pending.name, pending);
    }
    this.#addTables();
  }

  readonly report = (...diagnostics: readonly Diagnostic[]): void => {
    this.diagnostics.push(...diagnostics);
  };

  readonly schemaOf = (table: string): TableSchema | undefined => {
    const name = this.names.find(table) ?? '';
    const columns = this.schemas.get(name);
    return columns ? { columns } : this.input.known?.get(name)?.schema;
  };

  addSchema(name: string, columns: readonly Column[], key: string): void {
    this.schemas.set(name, columns);
    this.binder.addTable(name, columns, key);
  }

  /** Makes tables known that are not compiled now. */
  addKnown(names: Iterable<string>): void {
    const { known } = this.input;
    if (!known) return;
    for (const name of names) {
      const columns = this.schemas.has(name) ? undefined : known.get(name)?.schema.columns;
      // Keys of models stand for the columns of their queries, which may rest as others.
      if (columns) this.addSchema(name, columns, `${columnsKey(columns)}k`);
    }
  }

  parse(statements: readonly Statement[]): Promise<readonly ParsedSql[]> {
    return parseSql(statements, this.session, this.memo);
  }

  bind(drafts: readonly Draft[]): Promise<readonly (BoundQuery | EngineError)[]> {
    return this.binder.bind(
      drafts.map((draft) => {
        const { sql, key: sqlKey, tables: reads } = draft;
        const looksOutside = this.#looksOutside(draft.parsed);
        if (draft.macros.length === 0) return { sql, sqlKey, reads, macros: [], looksOutside };
        const { tables, macros } = this.closureOf(draft);
        const bodies = macros.flatMap((name) => this.macros.drafts.get(name)!.parsed);
        return {
          sql,
          sqlKey,
          reads: tables,
          macros,
          looksOutside: looksOutside || bodies.some((body) => this.#looksOutside(body)),
        };
      }),
    );
  }

  #looksOutside({ tableFunctions }: ParsedSql): boolean {
    if (tableFunctions === '') return false;
    return functionNames(tableFunctions).some(
      (name) => !pureTableFunctions.includes(name) && !this.macros.names.has(name),
    );
  }

  /** All tables and macros that a node uses, through macros too; macros stand behind those that they call. */
  closureOf(node: { readonly tables: readonly string[]; readonly macros: readonly string[] }): MacroClosure {
    const used = node.macros.flatMap((name) => this.closures.get(name) ?? []);
    return {
      tables: [...new Set([...node.tables, ...used.flatMap((closure) => closure.tables)])],
      macros: [...new Set(used.flatMap((closure) => closure.macros))],
    };
  }

  /** What DuckDB has against a query, in a person's terms and at its place. */
  explain(error: EngineError, draft: Draft): Diagnostic {
    const problem = explainBinding(error, {
      sql: draft.sql,
      tables: new Map(
        draft.tables.flatMap((name) => {
          const columns = this.schemas.get(name);
          return columns ? [[name, { columns }]] : [];
        }),
      ),
      macros: draft.macros,
      typescriptMacro: typescriptMacroFinder(this.input.project.macros),
    });
    return this.locate(problem, draft);
  }

  locate({ code, message, hint, macro, start, end }: BindingProblem, draft: Draft): Diagnostic {
    const place = placeOf(draft.expanded, draft.fileText, { start, end });
    const definition = macro === undefined ? undefined : this.macros.drafts.get(macro)?.written.nameSpan;
    const notes = definition && [{ message: `In the macro ${macro}, defined here`, span: definition }];
    const shown = printableMessage(message, [draft.expanded]);
    return errorDiagnostic(code, shown, { ...place, ...(hint && { hint }), ...(notes && { notes }) });
  }

  /** Sources and seeds, whose columns are known from the start. */
  #addTables(): void {
    const { project, sourceSchemas, seedSchemas } = this.input;
    const tables = [
      ...project.sources.map((table) => [table, sourceSchemas] as const),
      ...project.seeds.map((seed) => [seed, seedSchemas] as const),
    ];
    for (const [{ name, config }, schemas] of tables) {
      if (!config.enabled) continue;
      const columns = schemas.get(name)?.columns;
      if (columns) this.addSchema(name, columns, columnsKey(columns));
      else this.failed.add(name);
    }
  }
}
