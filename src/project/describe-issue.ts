import type * as z from 'zod';

/**
 * Says what a value must be, as the end of a sentence that begins with the value's name. A schema's own
 * `error` text takes precedence, so it must read the same way: `must be a column name`.
 */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${show(issue.values[0])}`
        : `must be one of ${issue.values.map(show).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
        : 'must not be empty';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`
        : `must not have more than ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'items'}`;
    case 'unrecognized_keys':
      return knownKeys(issue.inst).join(separator);
    default:
      return undefined;
  }
};

const separator = '\n';

/** The keys that would have been right, of an issue that `describeIssue` described. */
export function keysAllowed(issue: z.core.$ZodIssueUnrecognizedKeys): readonly string[] {
  return issue.message.split(separator).filter(Boolean);
}

function knownKeys(schema: unknown): readonly string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape ? Object.keys(shape) : [];
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'empty',
};

function typeName(expected: string): string {
  return typeNames[expected] ?? expected;
}

/** What kind of thing a plain value is, in the words of `describeIssue`. */
export function kindOf(value: unknown, expected: string): string {
  if (typeof value === 'number' && expected === 'int') return 'a fraction';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  const kind = typeof value;
  return kind === 'boolean' ? String(value) : (typeNames[kind] ?? kind);
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}

/**
 * Replaces a failed choice by what is wrong with the branch that the value was meant for: the only one that
 * takes its kind of value. Where no branch does, one issue names all that would be taken.
 */
export function flattenIssue(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const branches = issue.errors.map((errors) => errors.flatMap(flattenIssue));
  const meant = branches.filter((errors) => !errors.some(isWrongKind));
  if (meant.length >= 1) {
    const closest = meant.reduce((best, errors) => (depth(errors) > depth(best) ? errors : best));
    return closest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  const wrongKinds = branches.flatMap((errors) => errors.filter(isWrongKind));
  const words = [...new Set(wrongKinds.map(({ message }) => message.replace(/^must be (one of )?/, '')))];
  const expected = wrongKinds
    .flatMap((error) => (error.code === 'invalid_type' ? error.expected : []))
    .join('|');
  return [{ code: 'invalid_type', expected, path: issue.path, message: `must be ${either(words)}` }];
}

function isWrongKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function depth(errors: readonly z.core.$ZodIssue[]): number {
  return Math.max(...errors.map((error) => error.path.length));
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
