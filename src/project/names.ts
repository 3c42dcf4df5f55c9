import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';

/** Words that DuckDB does not take as a bare table name. */
export const reservedWords: ReadonlySet<string> = new Set(
  `all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast
  check collate collation column concurrently constraint create cross default deferrable desc describe
  distinct do else end except false fetch for foreign freeze from full glob group having ilike in
  initially inner intersect into is isnull join lambda lateral leading left like limit natural not notnull
  null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary
  qualify references returning right select semi show similar some summarize symmetric table tablesample
  then to trailing true union unique unpack unpivot using variadic verbose when where window with`.split(
    /\s+/,
  ),
);

const reservedSchemas: ReadonlySet<string> = new Set([
  'main',
  'temp',
  'memory',
  'system',
  'pg_catalog',
  'information_schema',
]);

/** Reports a name that could not be written bare in SQL. `what` begins the sentence: `Model`, `Source`. */
export function checkName(what: string, name: string, span: Span, diagnostics: Diagnostic[]): boolean {
  const lower = name.toLowerCase();
  const problem = !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? 'holds characters that a bare SQL name cannot have'
    : reservedWords.has(lower)
      ? 'is a reserved word of SQL'
      : lower === '_etl' || (what === 'Source' && reservedSchemas.has(lower))
        ? 'is used by the tool itself'
        : undefined;
  if (!problem) return true;
  const hint = `use letters, digits and underscores, such as ${suggestion(name)}`;
  diagnostics.push(
    errorDiagnostic('project/invalid-name', `${what} name "${name}" ${problem}.`, { span, hint }),
  );
  return false;
}

function suggestion(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
  return plain === name || plain === '_' ? `my_${plain}` : plain;
}

interface Named {
  readonly name: string;
  readonly span: Span;
  readonly what: string;
  /** What to do where the name is taken. Default: rename one. */
  readonly hint?: string;
}

/**
 * Names that were taken so far. DuckDB does not tell upper from lower case, and neither do many disks, so
 * names that differ only in case are the same.
 */
export class NameRegistry {
  readonly #taken = new Map<string, Named>();

  /** False, and reported with both places, when the name is taken. */
  take(named: Named, diagnostics: Diagnostic[]): boolean {
    const key = named.name.toLowerCase();
    const first = this.#taken.get(key);
    if (!first) {
      this.#taken.set(key, named);
      return true;
    }
    const differs = first.name === named.name ? '' : ' (upper and lower case are the same to SQL)';
    diagnostics.push(
      errorDiagnostic('project/duplicate-name', `There are two of the name "${named.name}"${differs}.`, {
        span: named.span,
        notes: [{ message: `The other is the ${first.what} in ${first.span.file}.`, span: first.span }],
        hint: named.hint ?? 'models, seeds and tables of a source need names of their own: rename one',
      }),
    );
    return false;
  }
}
