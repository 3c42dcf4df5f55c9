import { type Diagnostic, errorDiagnostic, type Outcome } from '../diagnostics/diagnostic.js';
import { LineIndex, type Span } from '../diagnostics/span.js';
import { sortDag } from '../graph/dag.js';
import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import type { Manifest } from '../ir/manifest.js';
import type { ModelFile } from '../ir/project.js';
import { EngineError } from '../ports/engine.js';
import type { Memo } from '../ports/memo.js';
import type { Column, TableSchema } from '../schema/table-schema.js';
import { combineHashes } from '../util/combine-hashes.js';
import { type BoundMacro, columnsKey, type Query, QueryBinder } from './bind-queries.js';
import { buildManifest } from './build-manifest.js';
import type { CompileInput } from './compile-input.js';
import { type Draft, draftQuery, statementOf, toReference } from './draft.js';
import type { EngineSession } from './engine-session.js';
import { explainBinding } from './explain-binding.js';
import { explainCycle, linkStretch } from './explain-cycle.js';
import { macroId, macroOf, readsOf } from './graph-ids.js';
import { placeOf, sortDiagnostics } from './locate.js';
import { type MacroClosure, MacroSet } from './macro-set.js';
import { NameTable } from './name-table.js';
import { parseSql } from './parse-sql.js';
import { Repeatability } from './repeatability.js';
import { resultSchema } from './result-schema.js';
import { compileTests } from './tests/compile-tests.js';
import { typescriptMacroFinder } from './typescript-macros.js';
import { otherColumns } from './variant-columns.js';

const noMemo: Memo = { get: () => undefined, set: () => {} };

/** One run of the compiler: what is known of every node, and what is wrong. */
export class Compilation {
  readonly #memo: Memo;
  readonly #names: NameTable;
  readonly #macros: MacroSet;
  readonly #binder: QueryBinder;
  readonly #models: ReadonlyMap<string, ModelFile>;
  readonly #drafts = new Map<string, Draft>();
  /** What models become in runs that only add to their table, where that is other SQL. */
  readonly #variants = new Map<string, Draft>();
  readonly #queryColumns = new Map<string, readonly Column[]>();
  readonly #pending = new Map<string, PendingModel>();
  readonly #schemas = new Map<string, readonly Column[]>();
  /** Nodes, and macros by id, that have an error or stand below one. */
  readonly #failed = new Set<string>();
  readonly #closures = new Map<string, MacroClosure>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #environmentKey: string;
  #order: readonly string[] = [];

  constructor(
    private readonly input: CompileInput,
    private readonly session: EngineSession,
  ) {
    const { project } = input;
    this.#memo = input.memo ?? noMemo;
    this.#names = new NameTable(project);
    this.#macros = new MacroSet(project.sqlMacros, this.#report);
    this.#environmentKey = combineHashes(project.engine.init ?? '').slice(0, 8);
    this.#binder = new QueryBinder(session, this.#memo, this.#environmentKey);
    this.#models = new Map(project.models.filter((m) => m.config.enabled).map((m) => [m.name, m]));
    for (const pending of input.pending ?? []) {
      if (this.#models.get(pending.name)?.path === pending.path) this.#pending.set(pending.name, pending);
    }
  }

  async run(): Promise<Outcome<Manifest>> {
    this.#addTables();
    await this.#parseMacros();
    await this.#draftModels(this.input.expanded.filter((model) => this.#models.has(model.name)));
    for (const name of this.#models.keys()) {
      if (!this.#drafts.has(name) && !this.#pending.has(name)) this.#failed.add(name);
    }
    await this.#bindAll();
    while (this.#pending.size > 0) {
      await this.#expandPending();
      await this.#bindAll();
    }
    const tests = await compileTests({
      input: this.input,
      expanded: [...this.input.expandedTests, ...this.#expandPendingTests()],
      names: this.#names,
      macros: this.#macros,
      schemas: this.#schemas,
      failed: this.#failed,
      parse: (statements) => parseSql(statements, this.session, this.#memo),
      bind: (drafts) => this.#bindDrafts(drafts),
      closureOf: (draft) => this.#closureOf(draft),
      explain: (error, draft) => this.#explain(error, draft),
      report: this.#report,
    });
    const manifest = buildManifest({
      project: this.input.project,
      drafts: this.#drafts,
      variants: this.#variants,
      macros: this.#macros,
      closures: this.#closures,
      schemas: this.#schemas,
      failed: this.#failed,
      order: this.#order,
      repeatability: await Repeatability.load(this.session, this.#memo, this.#environmentKey),
      tests,
      report: this.#report,
    });
    return { value: manifest, diagnostics: sortDiagnostics(this.#diagnostics) };
  }

  readonly #report = (diagnostic: Diagnostic): void => {
    this.#diagnostics.push(diagnostic);
  };

  /** Sources and seeds, whose columns are known. */
  #addTables(): void {
    const { project, sourceSchemas, seedSchemas } = this.input;
    const tables = [
      ...project.sources.map((table) => [table, sourceSchemas] as const),
      ...project.seeds.map((seed) => [seed, seedSchemas] as const),
    ];
    for (const [{ name, config }, schemas] of tables) {
      if (!config.enabled) continue;
      const columns = schemas.get(name)?.columns;
      if (columns) this.#addSchema(name, columns, columnsKey(columns));
      else this.#failed.add(name);
    }
  }

  #addSchema(name: string, columns: readonly Column[], key: string): void {
    this.#schemas.set(name, columns);
    this.#binder.addTable(name, columns, key);
  }

  async #parseMacros(): Promise<void> {
    const parsed = await parseSql(this.#macros.statements, this.session, this.#memo);
    for (const name of this.#macros.resolve(parsed, this.#names)) this.#failed.add(macroId(name));
  }

  async #draftModels(models: readonly ExpandedModel[]): Promise<void> {
    const statements = models.map((model) => statementOf(model, this.#models.get(model.name)));
    const parsed = await parseSql(statements, this.session, this.#memo);
    for (const [i, model] of models.entries()) {
      const { text } = this.#models.get(model.name)!;
      const [names, macros] = [this.#names, this.#macros];
      const { draft, diagnostics } = draftQuery(model, text, statements[i]!, parsed[i]!, names, macros);
      for (const diagnostic of diagnostics) this.#report(diagnostic);
      if (draft) this.#drafts.set(model.name, draft);
      else this.#failed.add(model.name);
    }
    await this.#draftVariants(models.filter((model) => this.#drafts.has(model.name)));
  }

  async #draftVariants(models: readonly ExpandedModel[]): Promise<void> {
    const variants: ExpandedModel[] = [];
    for (const model of models) {
      const expanded = this.input.expandIncremental?.(model, this.#schemaOf);
      if (!expanded) continue;
      for (const diagnostic of expanded.diagnostics) this.#report(diagnostic);
      if (!expanded.model) this.#failed.add(model.name);
      else if (expanded.model.sql !== model.sql) variants.push(expanded.model);
    }
    if (variants.length === 0) return;
    const statements = variants.map((variant) => statementOf(variant));
    const parsed = await parseSql(statements, this.session, this.#memo);
    for (const [i, variant] of variants.entries()) {
      const { name } = variant;
      const { text } = this.#models.get(name)!;
      const [names, macros] = [this.#names, this.#macros];
      const { draft, diagnostics } = draftQuery(variant, text, statements[i]!, parsed[i]!, names, macros);
      for (const diagnostic of diagnostics) this.#report(diagnostic);
      if (draft) this.#variants.set(name, draft);
      else this.#failed.add(name);
    }
  }

  /** Expands the pending models whose tables are bound; each time at least one model stops waiting. */
  async #expandPending(): Promise<void> {
    const expanded: ExpandedModel[] = [];
    for (const [name, pending] of this.#pending) {
      const needs = this.#needsOf(pending);
      if (needs.some((need) => this.#isWaiting(need))) continue;
      this.#pending.delete(name);
      if (needs.some((need) => this.#failed.has(need))) {
        this.#failed.add(name);
        continue;
      }
      const { model, pending: again, diagnostics } = this.input.retry!(pending.path, this.#schemaOf);
      for (const diagnostic of diagnostics) this.#report(diagnostic);
      if (model) {
        expanded.push(model);
      } else if (again && this.#needsOf(again).some((need) => !needs.includes(need))) {
        this.#pending.set(name, again);
      } else {
        this.#failed.add(name);
        if (again) this.#reportUnknownNeeds(again);
      }
    }
    await this.#draftModels(expanded);
  }

  #expandPendingTests(): readonly ExpandedModel[] {
    const tests = new Set(this.input.project.tests.map((file) => file.path));
    return (this.input.pending ?? []).flatMap((first) => {
      if (!tests.has(first.path)) return [];
      const { model, diagnostics } = this.input.retry!(first.path, this.#schemaOf);
      for (const diagnostic of diagnostics) this.#report(diagnostic);
      return model ? [model] : [];
    });
  }

  readonly #schemaOf = (table: string): TableSchema | undefined => {
    const columns = this.#schemas.get(this.#names.find(table) ?? '');
    return columns && { columns };
  };

  /** Nodes that a pending model needs; a name that is none is left to the expansion to refuse. */
  #needsOf({ needs }: PendingModel): readonly string[] {
    return needs.flatMap((need) => this.#names.find(need) ?? []);
  }

  #reportUnknownNeeds({ name, needs }: PendingModel): void {
    const { path, text, bodyOffset } = this.#models.get(name)!;
    const span = new LineIndex(text).span(path, bodyOffset);
    for (const need of needs) {
      const resolution = this.#names.resolve(toReference(need));
      if ('name' in resolution) continue;
      const { problem, message, hint } = resolution;
      this.#report(errorDiagnostic(`compile/${problem}`, message, { span, ...(hint && { hint }) }));
    }
  }

  #isWaiting(name: string): boolean {
    return !this.#schemas.has(name) && !this.#failed.has(name);
  }

  #edges(): ReadonlyMap<string, readonly string[]> {
    const edges = new Map<string, readonly string[]>();
    for (const name of this.#schemas.keys()) if (!this.#drafts.has(name)) edges.set(name, []);
    for (const [name, macro] of this.#macros.drafts) edges.set(macroId(name), readsOf(macro));
    for (const [name, draft] of this.#drafts) edges.set(name, this.#readsOfModel(name, draft));
    for (const [name, pending] of this.#pending) edges.set(name, this.#needsOf(pending));
    return edges;
  }

  #readsOfModel(name: string, draft: Draft): readonly string[] {
    const variant = this.#variants.get(name);
    if (!variant) return readsOf(draft);
    // Reading its own table as the last run left it makes no circle.
    return [...new Set([...readsOf(draft), ...readsOf(variant).filter((id) => id !== name)])];
  }

  /** Binds all that can be bound now, and fails what stands in a cycle or below an error. */
  async #bindAll(): Promise<void> {
    const edges = this.#edges();
    const { order, cycles } = sortDag(edges);
    this.#order = order;
    const inOrder = new Set(order);
    const isNew = (cycle: readonly string[]) => cycle.some((id) => !this.#failed.has(id));
    for (const cycle of cycles.filter(isNew)) this.#report(explainCycle(cycle, this.#placeOfLink));
    for (const id of edges.keys()) {
      if (inOrder.has(id)) continue;
      this.#failed.add(id);
      this.#pending.delete(id);
    }
    for (const level of this.#levels(order, edges)) {
      const ready = level.filter((id) => this.#isReady(id, edges.get(id)!));
      for (const id of ready) {
        const macro = macroOf(id);
        if (macro !== undefined) await this.#bindMacro(macro);
      }
      await this.#bindModels(ready.filter((id) => macroOf(id) === undefined));
    }
  }

  /** False where it is done, an input still waits, or one failed: then it fails too. */
  #isReady(id: string, inputs: readonly string[]): boolean {
    const macro = macroOf(id);
    if (this.#failed.has(id) || this.#schemas.has(id) || this.#pending.has(id)) return false;
    if (macro !== undefined && this.#closures.has(macro)) return false;
    if (inputs.some((input) => this.#failed.has(input))) {
      this.#failed.add(id);
      return false;
    }
    return inputs.every((input) => this.#schemas.has(input) || this.#closures.has(macroOf(input) ?? ''));
  }

  /** Groups models and macros so that each group only reads groups before it. */
  #levels(
    order: readonly string[],
    edges: ReadonlyMap<string, readonly string[]>,
  ): readonly (readonly string[])[] {
    const levelOf = new Map<string, number>();
    const levels: string[][] = [];
    for (const id of order) {
      if (macroOf(id) === undefined && !this.#drafts.has(id)) continue;
      let level = 0;
      for (const input of edges.get(id)!) level = Math.max(level, (levelOf.get(input) ?? -1) + 1);
      levelOf.set(id, level);
      const ids = levels[level];
      if (ids) ids.push(id);
      else levels[level] = [id];
    }
    return levels;
  }

  async #bindMacro(name: string): Promise<void> {
    const draft = this.#macros.drafts.get(name)!;
    const closure = this.#closureOf(draft);
    const own = { tables: closure.tables, macros: [...closure.macros, name] };
    this.#closures.set(name, own);
    const { createSql, hash: sqlKey } = draft;
    const bound: BoundMacro = { name, createSql, sqlKey, reads: closure.tables };
    const error = await this.#binder.addMacro(bound, closure.macros);
    if (!error) return;
    this.#failed.add(macroId(name));
    this.#report(this.#macros.explain(name, error));
  }

  async #bindModels(names: readonly string[]): Promise<void> {
    const drafts = names.map((name) => this.#drafts.get(name)!);
    const results = await this.#bindDrafts(drafts);
    for (const [i, name] of names.entries()) {
      const draft = drafts[i]!;
      const result = results[i]!;
      if (result instanceof EngineError) {
        this.#failed.add(name);
        this.#report(this.#explain(result, draft));
        continue;
      }
      const storesRows = this.input.storesRows(this.#models.get(name)!.config.materialized);
      const { columns, problems } = result.isPlain
        ? { columns: result.columns, problems: [] }
        : resultSchema(result.columns, draft.sql, storesRows);
      for (const { code, message, hint, start, end } of problems) {
        const place = placeOf(draft.expanded, draft.fileText, { start, end });
        this.#report(errorDiagnostic(code, message, { ...place, ...(hint && { hint }) }));
      }
      if (this.#variants.has(name)) this.#queryColumns.set(name, columns);
      if (problems.length > 0) this.#failed.add(name);
      else this.#addTable(name, columns, storesRows ? result.key : `${result.key}v`);
    }
    await this.#bindVariants(names.filter((name) => this.#variants.has(name) && this.#schemas.has(name)));
  }

  /** A table may have more columns than its query. */
  #addTable(name: string, queried: readonly Column[], key: string): void {
    const columns = this.input.tableColumns?.(this.#models.get(name)!, queried) ?? queried;
    const isQuery = columns === queried;
    this.#addSchema(name, columns, isQuery ? key : columnsKey(columns));
  }

  /** Their columns must be those of the full build's query. */
  async #bindVariants(names: readonly string[]): Promise<void> {
    const drafts = names.map((name) => this.#variants.get(name)!);
    const results = await this.#bindDrafts(drafts);
    for (const [i, name] of names.entries()) {
      const draft = drafts[i]!;
      const result = results[i]!;
      const problem =
        result instanceof EngineError
          ? this.#explain(result, draft)
          : otherColumns(draft, result.columns, this.#queryColumns.get(name)!);
      if (!problem) continue;
      this.#failed.add(name);
      this.#report(problem);
    }
  }

  #bindDrafts(drafts: readonly Draft[]) {
    return this.#binder.bind(drafts.map((draft) => this.#queryOf(draft)));
  }

  #queryOf(draft: Draft): Query {
    if (draft.macros.length === 0) {
      return { sql: draft.sql, sqlKey: draft.key, reads: draft.tables, macros: [] };
    }
    const { tables, macros } = this.#closureOf(draft);
    return { sql: draft.sql, sqlKey: draft.key, reads: tables, macros };
  }

  /** All tables and macros that a node uses, through macros too; macros stand behind those that they call. */
  #closureOf(node: { readonly tables: readonly string[]; readonly macros: readonly string[] }): MacroClosure {
    const used = node.macros.flatMap((name) => this.#closures.get(name) ?? []);
    return {
      tables: [...new Set([...node.tables, ...used.flatMap((closure) => closure.tables)])],
      macros: [...new Set(used.flatMap((closure) => closure.macros))],
    };
  }

  /** Where one node of a cycle names the next. */
  readonly #placeOfLink = (from: string, to: string): Span | undefined => {
    const macro = macroOf(from);
    if (macro !== undefined) return this.#macros.drafts.get(macro)!.written.nameSpan;
    const draft = this.#drafts.get(from);
    if (draft) return placeOf(draft.expanded, draft.fileText, linkStretch(draft, to, this.#names)).span;
    const file = this.#models.get(from)!;
    return new LineIndex(file.text).span(file.path, file.bodyOffset);
  };

  #explain(error: EngineError, draft: Draft): Diagnostic {
    const { code, message, hint, macro, start, end } = explainBinding(error, {
      sql: draft.sql,
      tables: new Map(
        draft.tables.flatMap((name) => {
          const columns = this.#schemas.get(name);
          return columns ? [[name, { columns }]] : [];
        }),
      ),
      macros: draft.macros,
      typescriptMacro: typescriptMacroFinder(this.input.project.macros),
    });
    const place = placeOf(draft.expanded, draft.fileText, { start, end });
    const definition = macro === undefined ? undefined : this.#macros.drafts.get(macro)?.written.nameSpan;
    const notes = definition && [{ message: `In the macro ${macro}, defined here`, span: definition }];
    return errorDiagnostic(code, message, { ...place, ...(hint && { hint }), ...(notes && { notes }) });
  }
}
