import path from 'node:path';

/** A file of SQL with its `${…}`, as the scanner of templates finds them. */
export interface TemplateToCheck {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
  /** Stands for the text. Default: the text itself. */
  readonly textKey?: string;
  readonly expressions: readonly ExpressionToCheck[];
  /** Names that have a value in this file, though their type says that they may have none. */
  readonly defined?: readonly string[];
}

export interface ExpressionToCheck {
  /** The TypeScript between the braces, and where it starts in the file. */
  readonly code: string;
  readonly codeStart: number;
  /** Names that it uses and does not declare itself. */
  readonly identifiers: readonly { readonly name: string }[];
}

export interface ExpressionModule {
  readonly text: string;
  /** Turns a stretch of the module into one of the file. What lies between expressions is put on the first. */
  sourceRange(start: number, end: number): readonly [start: number, end: number];
}

/** Where modules of expressions find what `${…}` may hold. */
export const valueModulePath = '.etl/check/value.ts';

export const valueModule = `/** What can stand in SQL: a fragment, or a value that becomes a literal. */
export type SqlValue =
  | { toOperationNode(): object }
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | readonly SqlValue[];
export declare function value(value: SqlValue): void;
`;

/** Where the module of a file of SQL stands. */
export function modulePathOf(path: string): string {
  return `${path}.ts`;
}

/**
 * The TypeScript module in which every expression of a file stands verbatim, with the names in scope
 * imported. `scope` says for each name which module it is from: a package, or a file of the project.
 */
export function expressionModule(
  template: TemplateToCheck,
  scope: ReadonlyMap<string, string>,
): ExpressionModule {
  const used = new Set(
    template.expressions.flatMap(({ identifiers }) => identifiers.map(({ name }) => name)),
  );
  const namesByModule = new Map<string, string[]>();
  for (const name of [...used].sort()) {
    const from = scope.get(name);
    if (from !== undefined) namesByModule.set(from, [...(namesByModule.get(from) ?? []), name]);
  }
  const isDefined = (name: string) => template.defined?.includes(name) ?? false;
  // Names that no expression can hold by accident.
  const call = '__parquetry_value';
  const optional = (name: string) => `__parquetry_${name}`;
  const folder = path.posix.dirname(template.path);
  let text = `import { value as ${call} } from '${specifier(folder, valueModulePath)}';\n`;
  for (const [from, names] of namesByModule) {
    const imports = names.map((name) => (isDefined(name) ? `${name} as ${optional(name)}` : name));
    text += `import { ${imports.join(', ')} } from ${JSON.stringify(specifier(folder, from))};\n`;
    for (const name of names.filter(isDefined)) text += `const ${name} = ${optional(name)}!;\n`;
  }
  const starts = template.expressions.map(({ code }) => {
    text += `${call}(\n`;
    const start = text.length;
    text += `${code}\n);\n`;
    return start;
  });
  return { text, sourceRange: (start, end) => sourceRange(template, starts, start, end) };
}

function sourceRange(
  { expressions }: TemplateToCheck,
  starts: readonly number[],
  start: number,
  end: number,
): readonly [number, number] {
  const at = starts.findIndex((from, i) => start >= from && start <= from + expressions[i]!.code.length);
  const { code, codeStart } = expressions[Math.max(0, at)]!;
  if (at < 0) return [codeStart, codeStart + code.length];
  const offset = codeStart - starts[at]!;
  return [start + offset, Math.min(end + offset, codeStart + code.length)];
}

/** Both are paths in the project; what is no TypeScript file is a package. */
function specifier(folder: string, to: string): string {
  if (!/\.[cm]?tsx?$/.test(to)) return to;
  const relative = `${'../'.repeat(folder === '.' ? 0 : folder.split('/').length)}${to}`;
  return relative.startsWith('.') ? relative : `./${relative}`;
}
