import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { ManifestTest } from '../../ir/manifest.js';
import type { UnitTest, UnitTestRow, WrittenRows, WrittenUnitTest } from '../../ir/unit-test.js';
import { hash } from '../../util/hash.js';
import { hintAmong } from '../../util/hint-among.js';
import type { CompileState } from '../compile-state.js';
import { checkUnitValues, type UnitCell } from './check-unit-values.js';
import type { TestNames } from './test-names.js';
import { unknownColumn } from './unknown-column.js';

/**
 * Compiles unit tests: every table and column that they name is there. They hold no SQL; a run makes it of the model
 * that is tested. Those of models that the project does not have, or that have errors, are left out: where that is
 * a mistake of the test, it is reported.
 */
export async function compileUnitTests(
  names: TestNames,
  state: CompileState,
): Promise<readonly ManifestTest[]> {
  const { init = '' } = state.input.project.engine;
  const cells: UnitCell[] = [];
  const tests = state.input.project.unitTests.flatMap((written) => {
    const unit = new UnitTestCompiler(written, state, cells).compile();
    if (!unit) return [];
    const { name, path, span, description, tags } = written;
    const test: ManifestTest = {
      name: names.take(name),
      node: unit.node,
      columns: [],
      path,
      span,
      ...(description !== undefined && { description }),
      tags,
      kind: 'unit',
      severity: 'error',
      warnIf: '> 0',
      errorIf: '> 0',
      unit: unit.test,
      sql: '',
      reads: [],
      logic: hash('unit', JSON.stringify(unit.test), init),
    };
    return test;
  });
  await checkUnitValues(cells, state);
  return tests;
}

class UnitTestCompiler {
  constructor(
    private readonly written: WrittenUnitTest,
    private readonly state: CompileState,
    /** Takes the values that are to be tried. */
    private readonly cells: UnitCell[],
  ) {}

  compile(): { readonly node: string; readonly test: UnitTest } | undefined {
    const node = this.#model();
    if (node === undefined) return undefined;
    const { vars, batch, given, expect } = this.written;
    const before = this.state.diagnostics.length;
    const readable = this.#readableBy(node);
    const rows = given.flatMap((each) => {
      const table = this.#table(each, node, readable);
      return table === undefined ? [] : { table, rows: this.#rows(each, table) };
    });
    const test = {
      ...(vars && { vars }),
      ...(batch && { batch }),
      given: rows,
      expect: this.#rows(expect, node),
    };
    return this.state.diagnostics.length === before ? { node, test } : undefined;
  }

  /** The model that is tested, by its own name. */
  #model(): string | undefined {
    const { model, modelSpan: span } = this.written;
    const { names, models, failed, input, drafts } = this.state;
    const name = names.find(model);
    if (name === undefined) {
      const isDisabled = input.project.models.some((each) => each.name === model && !each.config.enabled);
      if (!isDisabled)
        this.#refuse(
          'unknown-model',
          `There is no model "${model}".`,
          span,
          hintAmong(model, [...models.keys()]),
        );
      return undefined;
    }
    // One that is known from before was looked at when it was compiled.
    if (failed.has(name) || input.known?.get(name)) return undefined;
    if (!models.has(name)) {
      this.#refuse('unknown-model', `${name} is no model: it has no query to test.`, span);
      return undefined;
    }
    if (drafts.get(name)?.expanded.transform) {
      const hint = 'test its code in vitest, and what it makes with data tests';
      this.#refuse('invalid-config', `${name} is a transform: code makes its rows.`, span, { hint });
      return undefined;
    }
    return name;
  }

  /** The tables whose rows a test may give: what the model reads, also through ephemeral models, and itself. */
  #readableBy(node: string): ReadonlySet<string> {
    const { variants, models, input } = this.state;
    const found = new Set<string>();
    const visit = (name: string): void => {
      for (const table of this.#readsOf(name)) {
        if (found.has(table)) continue;
        found.add(table);
        const { config } = models.get(table) ?? input.known?.get(table) ?? {};
        if (config?.materialized === 'ephemeral') visit(table);
      }
    };
    visit(node);
    if (variants.has(node)) found.add(node);
    return found;
  }

  #readsOf(name: string): readonly string[] {
    const { drafts, variants, input } = this.state;
    const forms = [drafts.get(name), variants.get(name)].flatMap((draft) => draft ?? []);
    if (forms.length === 0) return input.known?.get(name)?.inputs ?? [];
    return forms.flatMap((draft) => this.state.closureOf(draft).tables);
  }

  #table({ name, span }: WrittenRows, node: string, readable: ReadonlySet<string>): string | undefined {
    const table = this.state.names.find(name);
    if (table !== undefined && readable.has(table)) return table;
    if (table === node) this.#refuse('unknown-model', `${node} does not add to rows that it has.`, span);
    else
      this.#refuse(
        'unknown-model',
        `${node} does not read "${name}".`,
        span,
        hintAmong(name, [...readable].sort()),
      );
    return undefined;
  }

  #rows({ rows }: WrittenRows, table: string): readonly UnitTestRow[] {
    this.state.addKnown([table]);
    const columns = this.state.schemaOf(table)?.columns ?? [];
    const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
    const unknown = new Set<string>();
    return rows.map((cells) => {
      const row = cells.flatMap(({ column: written, value, span }) => {
        const column = byName.get(written.toLowerCase());
        if (column) {
          if (value !== null) this.cells.push({ value, type: column.type, column: column.name, span });
          return [[column.name, value] as const];
        }
        // One that all rows have is said once.
        if (!unknown.has(written)) this.state.report(unknownColumn(written, table, columns, span));
        unknown.add(written);
        return [];
      });
      return Object.fromEntries(row);
    });
  }

  #refuse(
    code: 'unknown-model' | 'invalid-config',
    message: string,
    span: Span,
    details: { readonly hint?: string } = {},
  ): void {
    this.state.report(errorDiagnostic(`compile/${code}`, message, { span, ...details }));
  }
}
