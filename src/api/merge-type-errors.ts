import { byPlace, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { ScannedFile } from '../ports/expansion.js';

/** What is said already, at the same place, about text that TypeScript does not understand. */
const better: ReadonlySet<string> = new Set<Diagnostic['code']>([
  'template/syntax-error',
  'template/unclosed-expression',
  'template/unknown-name',
]);

/**
 * What compiling found and what TypeScript found, with one error for each cause: running a wrong expression, or
 * binding the SQL that came of it, fails too, and says less about why.
 */
export function mergeTypeErrors(
  found: readonly Diagnostic[],
  typeErrors: readonly Diagnostic[],
  scanned: readonly ScannedFile[],
): readonly Diagnostic[] {
  if (typeErrors.length === 0) return found.toSorted(byPlace);
  const errors = found.filter(({ severity }) => severity === 'error');
  const broken = new Set(
    errors.filter(({ code }) => code === 'template/syntax-error').map(({ span }) => span?.file),
  );
  const kept = typeErrors.filter(
    (typeError) =>
      !(isSyntactic(typeError) && broken.has(typeError.span?.file)) &&
      !errors.some((other) => better.has(other.code) && overlaps(other, typeError)),
  );
  const expressionOf = expressionFinder(scanned);
  const wrong = new Set(kept.map(expressionOf).filter((expression) => expression !== undefined));
  const follows = (error: Diagnostic) => {
    const expression = better.has(error.code) ? undefined : expressionOf(error);
    return (
      (expression !== undefined && wrong.has(expression)) ||
      kept.some((typeError) => overlaps(error, typeError))
    );
  };
  const superseded = new Set(errors.filter(follows));
  return [
    ...found.filter((diagnostic) => !superseded.has(diagnostic)),
    ...kept.map((typeError) => withHint(typeError, superseded)),
  ].sort(byPlace);
}

/** TypeScript's numbers from 1000 on are those of its parser, which may stumble elsewhere than another one. */
function isSyntactic({ message }: Diagnostic): boolean {
  return /\(TS1\d{3}\)/.test(message);
}

/** The `${…}` in which a diagnostic stands, as a key. */
function expressionFinder(scanned: readonly ScannedFile[]) {
  const files = new Map(scanned.map((file) => [file.path, file.expressions]));
  return ({ span }: Diagnostic): string | undefined => {
    const found = files.get(span?.file ?? '')?.find(({ codeStart, code }) => {
      const { offset } = span!.start;
      return offset >= codeStart - 2 && offset <= codeStart + code.length;
    });
    return found && `${span!.file}:${found.codeStart}`;
  };
}

/** The nearest name, and what to do about a value that cannot stand in SQL, TypeScript does not always say. */
function withHint(typeError: Diagnostic, superseded: ReadonlySet<Diagnostic>): Diagnostic {
  if (/did you mean/i.test(typeError.message)) return typeError;
  const hint = [...superseded].find(
    (error) =>
      (error.hint?.startsWith('did you mean') && isNear(error, typeError)) ||
      (error.code === 'template/bad-value' &&
        typeError.message.includes("'SqlValue'") &&
        overlaps(error, typeError)),
  )?.hint;
  return hint === undefined ? typeError : { ...typeError, hint };
}

function overlaps({ span: a }: Diagnostic, { span: b }: Diagnostic): boolean {
  if (!a || !b || a.file !== b.file) return false;
  return a.start.offset <= b.end.offset && b.start.offset <= a.end.offset;
}

/** A call is marked by its name, where TypeScript marks its first argument. */
function isNear(call: Diagnostic, { span: b }: Diagnostic): boolean {
  const a = call.span;
  return a !== undefined && a.file === b?.file && Math.abs(b.start.offset - a.end.offset) <= 2;
}
