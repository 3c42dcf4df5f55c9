import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { nearest } from '../util/nearest.js';
import { own } from '../util/own.js';
import type { YamlFile } from './yaml-file.js';
import { entriesOf, entryOf, type YamlNode, type YamlScalar } from './yaml-node.js';

export interface InterpolationScope {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The map of variables, interpolated itself; undefined where variables cannot be used. */
  readonly vars: YamlNode | undefined;
  /** Who needs the value, to begin a sentence with: `Source "shop"`. */
  readonly owner: string;
}

/**
 * Fills in `${env.X}`, `${env.X ?? 'default'}` and `${vars.x}` in every value of a tree. A value that is
 * nothing but `${vars.x}` takes the variable with its type; everything else gives text. What came from the
 * environment is marked secret.
 */
export function interpolate(
  node: YamlNode,
  file: YamlFile,
  scope: InterpolationScope,
  diagnostics: Diagnostic[],
): YamlNode {
  return mapScalars(node, (scalar) => new Interpolation(scalar, file, scope, diagnostics).result());
}

/** Marks values that hold `${` as unresolved, for parts of a file that this run does not use. */
export function deferInterpolation(node: YamlNode): YamlNode {
  return mapScalars(node, (scalar) => ({ ...scalar, unresolved: true }));
}

function mapScalars(node: YamlNode, change: (scalar: YamlScalar) => YamlNode): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && node.value.includes('${') ? change(node) : node;
    case 'seq':
      return { ...node, items: node.items.map((item) => mapScalars(item, change)) };
    case 'map':
      return {
        ...node,
        entries: node.entries.map((entry) => ({ ...entry, value: mapScalars(entry.value, change) })),
      };
  }
}

const reference =
  /\$\{\s*(?:env\.(?<env>[A-Za-z_]\w*)(?:\s*\?\?\s*(?<default>'[^']*'|"[^"]*"|[\w.-]+))?|vars\.(?<vars>[A-Za-z_][\w.]*))\s*\}/y;

class Interpolation {
  #secret = false;
  #unresolved = false;
  #found = 0;

  constructor(
    private readonly scalar: YamlScalar,
    private readonly file: YamlFile,
    private readonly scope: InterpolationScope,
    private readonly diagnostics: Diagnostic[],
  ) {}

  result(): YamlNode {
    const { start, end } = this.scalar;
    const text = this.scalar.value as string;
    let value = '';
    let at = 0;
    for (let open = text.indexOf('${'); open >= 0; open = text.indexOf('${', at)) {
      value += text.slice(at, open);
      reference.lastIndex = open;
      const match = reference.exec(text);
      this.#found++;
      if (!match) {
        this.#refuse();
        at = open + 2;
        continue;
      }
      at = reference.lastIndex;
      const filled = match.groups?.vars
        ? this.#variable(match.groups.vars)
        : this.#environment(match.groups!.env!, match.groups?.default);
      const isWhole = open === 0 && at === text.length;
      if (isWhole && filled && typeof filled !== 'string') return moved(filled, start, end);
      value += typeof filled === 'string' ? filled : this.#asText(filled);
    }
    value += text.slice(at);
    return {
      kind: 'scalar',
      value,
      start,
      end,
      ...(this.#secret && { secret: true }),
      ...(this.#unresolved && { unresolved: true }),
    };
  }

  #environment(name: string, fallback: string | undefined): string {
    const value = own(this.scope.env, name);
    this.#secret = true;
    if (value !== undefined) return value;
    if (fallback !== undefined) return /^['"]/.test(fallback) ? fallback.slice(1, -1) : fallback;
    this.#report(
      'project/missing-env',
      `${this.scope.owner} needs the environment variable ${name}, which is not set.`,
      {
        hint: `set ${name}, or give a default: \${env.${name} ?? 'value'}`,
      },
    );
    return '';
  }

  #variable(path: string): YamlNode | undefined {
    const { vars } = this.scope;
    if (!vars) {
      this.#report('project/invalid-value', 'A variable cannot be made from other variables.');
      return undefined;
    }
    let node: YamlNode | undefined = vars;
    for (const name of path.split('.')) {
      const entry = entryOf(node, name);
      if (!entry) {
        const close = nearest(
          name,
          entriesOf(node).map((candidate) => candidate.key),
        );
        this.#report('project/unknown-var', `There is no variable "${path}" in etl.yml.`, {
          hint: close ? `did you mean "${close}"?` : 'define it under "vars:" in etl.yml',
        });
        return undefined;
      }
      node = entry.value;
    }
    return node;
  }

  #asText(node: YamlNode | undefined): string {
    if (node === undefined) return '';
    if (node.kind === 'scalar') {
      this.#secret ||= node.secret === true;
      this.#unresolved ||= node.unresolved === true;
      return String(node.value ?? '');
    }
    this.#report('project/invalid-value', 'A list or map cannot be part of a text.');
    return '';
  }

  #refuse(): void {
    this.#report('project/invalid-value', 'This is no value that can be filled in.', {
      hint: "only ${env.NAME}, ${env.NAME ?? 'default'} and ${vars.name} can stand here",
    });
  }

  #report(
    code: 'project/missing-env' | 'project/unknown-var' | 'project/invalid-value',
    message: string,
    details: { readonly hint?: string } = {},
  ): void {
    this.#unresolved = true;
    this.diagnostics.push(
      errorDiagnostic(code, message, { span: this.file.span(this.#place()), ...details }),
    );
  }

  /** Where the expression stands that is being looked at: escapes in quotes shift it, so it is searched. */
  #place(): { start: number; end: number } {
    const { start, end } = this.scalar;
    const written = this.file.written(start, end);
    let at = -1;
    for (let n = 0; n < this.#found; n++) {
      at = written.indexOf('${', at + 1);
      if (at < 0) return { start, end };
    }
    const close = written.indexOf('}', at);
    return { start: start + at, end: close < 0 ? end : start + close + 1 };
  }
}

/** The same value at another place, its marks kept. */
function moved(node: YamlNode, start: number, end: number): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return { ...node, start, end };
    case 'seq':
      return { ...node, items: node.items.map((item) => moved(item, start, end)), start, end };
    case 'map':
      return {
        ...node,
        entries: node.entries.map(({ key, value }) => ({
          key,
          keyStart: start,
          keyEnd: end,
          value: moved(value, start, end),
        })),
        start,
        end,
      };
  }
}
