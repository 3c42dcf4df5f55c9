import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { ManifestTest } from '../../ir/manifest.js';
import type { UnitTest, UnitTestRow, WrittenRows, WrittenUnitTest } from '../../ir/unit-test.js';
import { combineHashes } from '../../util/combine-hashes.js';
import { nearest } from '../../util/nearest.js';
import type { CompileState } from '../compile-state.js';
import type { TestNames } from './test-names.js';

/**
 * Compiles unit tests: every table and column that they name is there. They hold no SQL; a run makes it of the model
 * that is tested. Those of models that the project does not have, or that have errors, are left out: where that is
 * a mistake of the test, it is reported.
 */
export function compileUnitTests(names: TestNames, state: CompileState): readonly ManifestTest[] {
  const { init = '' } = state.input.project.engine;
  return state.input.project.unitTests.flatMap((written) => {
    const unit = new UnitTestCompiler(written, state).compile();
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
      logic: combineHashes('unit', withoutPlaces(unit.test), init),
    };
    return test;
  });
}

class UnitTestCompiler {
  constructor(
    private readonly written: WrittenUnitTest,
    private readonly state: CompileState,
  ) {}

  compile(): { readonly node: string; readonly test: UnitTest } | undefined {
    const node = this.#model();
    if (node === undefined) return undefined;
    const { vars, batch, given, expect, path } = this.written;
    const before = this.state.diagnostics.length;
    const readable = this.#readableBy(node);
    const rows = given.flatMap((each) => {
      const table = this.#table(each, node, readable);
      return table === undefined ? [] : { table, rows: this.#rows(each, table), span: each.span };
    });
    this.#checkVars();
    const test = {
      ...(vars && { vars }),
      ...(batch && { batch }),
      given: rows,
      expect: { rows: this.#rows(expect, node), span: expect.span },
    };
    const isGood = this.state.diagnostics.length === before && path !== '';
    return isGood ? { node, test } : undefined;
  }

  /** The model that is tested, by its own name. */
  #model(): string | undefined {
    const { model, modelSpan } = this.written;
    const { names, models, failed, input, drafts } = this.state;
    const name = names.find(model);
    if (name === undefined) {
      const isDisabled = input.project.models.some((each) => each.name === model && !each.config.enabled);
      if (!isDisabled) this.#refuse('unknown-model', `There is no model "${model}".`, modelSpan, hintAmong(model, models.keys()));
      return undefined;
    }
    // One that is known from before was looked at when it was compiled.
    if (failed.has(name) || input.known?.get(name)) return undefined;
    const draft = drafts.get(name);
    const hint = 'test its code in vitest, and with a data test what it makes';
    if (!models.has(name)) this.#refuse('unknown-model', `${name} is no model: it has no query to test.`, modelSpan);
    else if (draft?.expanded.transform)
      this.#refuse('invalid-config', `${name} is a transform, whose rows its code makes.`, modelSpan, { hint });
    else return name;
    return undefined;
  }

  /** The tables whose rows a test may give: what the model reads, also through ephemeral models, and itself. */
  #readableBy(node: string): ReadonlySet<string> {
    const { drafts, variants, models } = this.state;
    const found = new Set<string>();
    const visit = (name: string): void => {
      for (const draft of [drafts.get(name), variants.get(name)]) {
        if (!draft) continue;
        for (const table of this.state.closureOf(draft).tables) {
          if (found.has(table)) continue;
          found.add(table);
          if (models.get(table)?.config.materialized === 'ephemeral') visit(table);
        }
      }
    };
    visit(node);
    if (variants.has(node)) found.add(node);
    return found;
  }

  #table({ name, span }: WrittenRows, node: string, readable: ReadonlySet<string>): string | undefined {
    const table = this.state.names.find(name);
    if (table !== undefined && readable.has(table)) return table;
    const list = [...readable].sort();
    const hint = hintAmong(name, list).hint ?? (list.length > 0 ? `it reads ${list.join(', ')}` : 'it reads no table');
    const message =
      table === node ? `${node} does not read what it has so far.` : `${node} does not read "${name}".`;
    this.#refuse('unknown-model', message, span, { hint });
    return undefined;
  }

  #rows({ rows }: WrittenRows, table: string): readonly UnitTestRow[] {
    this.state.addKnown([table]);
    const columns = this.state.schemaOf(table)?.columns.map(({ name }) => name) ?? [];
    const byName = new Map(columns.map((column) => [column.toLowerCase(), column]));
    const unknown = new Set<string>();
    return rows.map((cells) => {
      const row = cells.flatMap(({ column, value, span }) => {
        const name = byName.get(column.toLowerCase());
        if (name !== undefined) return [[name, value] as const];
        // One that all rows have is said once.
        if (!unknown.has(column))
          this.#refuse('unknown-column', `Column "${column}" does not exist in ${table}.`, span, hintAmong(column, columns));
        unknown.add(column);
        return [];
      });
      return Object.fromEntries(row);
    });
  }

  #checkVars(): void {
    const known = Object.keys(this.state.input.project.vars);
    for (const [name, span] of Object.entries(this.written.varSpans)) {
      if (known.includes(name)) continue;
      const message = `etl.yml defines no variable "${name}".`;
      const details = { span, ...hintAmong(name, known) };
      this.state.report(errorDiagnostic('project/unknown-var', message, details));
    }
  }

  #refuse(
    code: 'unknown-model' | 'unknown-column' | 'invalid-config',
    message: string,
    span: Span,
    details: { readonly hint?: string } = {},
  ): void {
    this.state.report(errorDiagnostic(`compile/${code}`, message, { span, ...details }));
  }
}

function hintAmong(name: string, candidates: Iterable<string>): { readonly hint?: string } {
  const near = nearest(name, candidates);
  return near === undefined ? {} : { hint: `did you mean "${near}"?` };
}

/** A test that only moved is the same. */
function withoutPlaces(test: UnitTest): string {
  return JSON.stringify(test, (key, value) => (key === 'span' ? undefined : value));
}
