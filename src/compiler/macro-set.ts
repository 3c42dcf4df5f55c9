import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { TextFile } from '../ir/project.js';
import type { EngineError } from '../ports/engine.js';
import { hash } from '../util/hash.js';
import { explainBinding } from './explain-binding.js';
import { hiddenInputHint, hiddenInputMessage, readerByText } from './hidden-inputs.js';
import { findIdentifier } from './locate.js';
import type { NameTable } from './name-table.js';
import { type Statement, statement } from './parse-sql.js';
import { functionNames, type ParsedSql } from './parsed-sql.js';
import { readMacroFile, type WrittenMacro } from './sql-macro-file.js';
import { sqlTokens } from './sql-tokens.js';

/** What a macro needs of the session: all tables and macros that it uses, itself last. */
export interface MacroClosure {
  readonly tables: readonly string[];
  readonly macros: readonly string[];
}

/** A macro of `macros/*.sql` with what its body names. */
export interface DraftMacro {
  readonly written: WrittenMacro;
  readonly createSql: string;
  readonly parsed: readonly ParsedSql[];
  readonly tables: readonly string[];
  readonly macros: readonly string[];
  /** Of the definition without formatting and comments. */
  readonly hash: string;
}

const createPrefix = 'CREATE OR REPLACE MACRO ';

/** The SQL macros of a project, by name. */
export class MacroSet {
  readonly drafts = new Map<string, DraftMacro>();
  /** Name as written, by lower-case name. */
  readonly names = new Map<string, string>();
  /** The same for the same names. */
  readonly key: string;
  readonly #written: WrittenMacro[] = [];

  constructor(
    private readonly files: readonly TextFile[],
    private readonly report: (diagnostic: Diagnostic) => void,
  ) {
    for (const file of files) {
      const { macros, diagnostics } = readMacroFile(file);
      for (const diagnostic of diagnostics) report(diagnostic);
      for (const macro of macros) this.#add(macro);
    }
    this.key = hash(...this.names.values());
  }

  /** The queries that must be parsed before `resolve`. */
  get statements(): readonly Statement[] {
    return this.#written.flatMap((macro) => macro.bodies.map(statement));
  }

  /** Finds out what the bodies name; `parsed` stands in the order of `statements`. Returns names of macros with errors. */
  resolve(parsed: readonly ParsedSql[], tables: NameTable): readonly string[] {
    const failed: string[] = [];
    let next = 0;
    for (const written of this.#written) {
      const bodies = parsed.slice(next, next + written.bodies.length);
      next += written.bodies.length;
      const draft = this.#draft(written, bodies, tables);
      if (draft) this.drafts.set(written.name, draft);
      else failed.push(written.name);
    }
    return failed;
  }

  /** What DuckDB has against a macro, at its place in the file. */
  explain(name: string, error: EngineError): Diagnostic {
    const { written } = this.drafts.get(name)!;
    const offset = error.details.offset;
    const inRest = offset === undefined ? undefined : Math.max(0, offset - createPrefix.length);
    const located = Object.assign(Object.create(error) as EngineError, {
      details: { ...error.details, offset: inRest },
    });
    const problem = explainBinding(located, {
      sql: written.rest,
      tables: new Map(),
      macros: [],
      typescriptMacro: () => undefined,
    });
    const { message, hint, start, end } = problem;
    return this.#error(written, message, start, end, hint);
  }

  /** Names of the macros that a query calls itself. */
  calledBy({ functions, tableFunctions }: ParsedSql): readonly string[] {
    if (this.names.size === 0) return [];
    const called = [...functionNames(functions), ...functionNames(tableFunctions)];
    return [...new Set(called.flatMap((name) => this.names.get(name) ?? []))].sort();
  }

  #add(macro: WrittenMacro): void {
    const lower = macro.name.toLowerCase();
    if (this.names.has(lower)) {
      const message = `The macro ${macro.name} is defined twice.`;
      const hint = 'give one of them another name; overloads stand in one CREATE MACRO';
      this.report(errorDiagnostic('compile/sql-macro', message, { span: macro.nameSpan, hint }));
      return;
    }
    this.names.set(lower, macro.name);
    this.#written.push(macro);
  }

  #draft(written: WrittenMacro, parsed: readonly ParsedSql[], names: NameTable): DraftMacro | undefined {
    const tables = new Set<string>();
    let isGood = true;
    for (const reference of parsed.flatMap((body) => body.tables)) {
      const resolution = names.resolve(reference);
      if ('name' in resolution) {
        tables.add(resolution.name);
        continue;
      }
      isGood = false;
      const at = findIdentifier(written.rest, reference.name) ?? { start: 0, end: written.name.length };
      this.#report(written, resolution.message, at.start, at.end, resolution.hint);
    }
    for (const body of parsed) {
      const reader = readerByText(body, (name) => this.names.has(name));
      if (reader === undefined) continue;
      isGood = false;
      const at = findIdentifier(written.rest, reader) ?? { start: 0, end: written.name.length };
      this.#report(written, hiddenInputMessage(reader), at.start, at.end, hiddenInputHint);
    }
    if (!isGood) return undefined;
    const macros = new Set(parsed.flatMap((body) => this.calledBy(body)));
    return {
      written,
      createSql: createPrefix + written.rest,
      parsed,
      tables: [...tables],
      macros: [...macros],
      hash: hash(
        [...sqlTokens(written.rest)].map(({ start, end }) => written.rest.slice(start, end)).join(' '),
      ),
    };
  }

  #report(written: WrittenMacro, message: string, start: number, end: number, hint?: string): void {
    this.report(this.#error(written, message, start, end, hint));
  }

  #error(written: WrittenMacro, message: string, start: number, end: number, hint?: string): Diagnostic {
    const file = this.files.find(({ path }) => path === written.path)!;
    const span = new LineIndex(file.text).span(file.path, written.restStart + start, written.restStart + end);
    return errorDiagnostic('compile/sql-macro', message, { span, ...(hint && { hint }) });
  }
}
