import type * as z from 'zod';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { hintAmong } from '../util/hint-among.js';
import { nearest } from '../util/nearest.js';
import { describeIssue, flattenIssue, keysAllowed, kindOf } from './describe-issue.js';
import type { YamlFile } from './yaml-file.js';
import { isBlank, locate, rebuilt, toPlain, type YamlEntry, type YamlNode } from './yaml-node.js';

export interface ValidateOptions {
  /** What the root is, for messages about it: `the front matter`. */
  readonly what: string;
  /** Path of the root in its file, for messages. */
  readonly path?: readonly string[];
  /** Where to point when the root itself lacks a key. Default: its beginning. */
  readonly at?: Span;
  /** Keys that are right at the top besides the schema's, for hints. */
  readonly otherKeys?: readonly string[];
}

export interface Validated<T> {
  readonly value: T;
  /** The nodes that the value was made from: what was wrong is not in it. */
  readonly tree: YamlNode;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Each round leaves something out, so this only bounds the time spent on a hopeless document. */
const maxRounds = 10;

/**
 * Checks a tree against a schema and reports every mistake at its place. What is wrong is then left out and
 * the rest is checked again, so that one bad key does not cost the others. Undefined when nothing is left.
 */
export function validate<T>(
  schema: z.ZodType<T>,
  root: YamlNode,
  file: YamlFile,
  options: ValidateOptions,
  diagnostics: Diagnostic[],
): Validated<T> | undefined {
  const removedKeys = new Set<string>();
  const reduced = new Set<number>();
  let tree: YamlNode | undefined = root;
  for (let round = 0; tree && round < maxRounds; round++) {
    // Each schema meets a few values: compiling code for it would take longer than it saves.
    const result = schema.safeParse(toPlain(tree), { error: describeIssue, jitless: true });
    if (result.success) return { value: result.data, tree };
    const changes = new Map<YamlNode | YamlEntry, YamlNode | undefined>();
    for (const issue of result.error.issues.flatMap(flattenIssue)) {
      for (const path of pathsOf(issue)) {
        const { node, entry, parent, found } = locate(tree, path);
        const mended = found ? fromEnvironment(node, issue) : undefined;
        const wasReported = found && (changes.has(node) || (entry !== undefined && changes.has(entry)));
        changes.set(entry ?? node, mended);
        if (mended || wasReported || (found && entry && isBlank(node))) continue;
        // What follows from a mistake that was reported is not another one.
        const follows = found
          ? issue.code === 'custom' && reduced.has(node.start)
          : removedKeys.has(`${node.start}:${String(path.at(-1))}`);
        if (parent && entry) {
          removedKeys.add(`${parent.start}:${entry.key}`);
          reduced.add(parent.start);
        }
        if (follows || (node.kind === 'scalar' && node.unresolved)) continue;
        diagnostics.push(toDiagnostic(issue, path, tree, file, options));
      }
    }
    tree = rebuilt(tree, changes);
  }
  return undefined;
}

function pathsOf(issue: Issue): readonly Path[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

/** The environment holds only text; where a number or a boolean is wanted, text that reads as one is one. */
function fromEnvironment(node: YamlNode, issue: Issue): YamlNode | undefined {
  if (node.kind !== 'scalar' || !node.secret || typeof node.value !== 'string') return undefined;
  if (issue.code !== 'invalid_type') return undefined;
  const wanted = issue.expected.split('|');
  const { value } = node;
  if (wanted.includes('boolean') && /^(true|false)$/i.test(value)) {
    return { ...node, value: value.toLowerCase() === 'true' };
  }
  if ((wanted.includes('number') || wanted.includes('int')) && /^-?\d+(\.\d+)?$/.test(value)) {
    return { ...node, value: Number(value) };
  }
  return undefined;
}

function toDiagnostic(
  issue: Issue,
  path: Path,
  tree: YamlNode,
  file: YamlFile,
  options: ValidateOptions,
): Diagnostic {
  const { node, entry, found } = locate(tree, path);
  const full = [...(options.path ?? []), ...path];
  if (issue.code === 'unrecognized_keys') {
    const known = [...keysAllowed(issue), ...(path.length === 1 ? (options.otherKeys ?? []) : [])];
    const key = String(path.at(-1));
    return errorDiagnostic(
      'project/unknown-key',
      `"${key}" is not a key of ${named(full.slice(0, -1), options)}.`,
      {
        span: entry ? file.keySpan(entry) : file.span(node),
        ...(isCutText(entry) ? { hint: 'put a text that holds a comma in quotes' } : hintAmong(key, known)),
      },
    );
  }
  if (!found) {
    const key = String(path.at(-1));
    const container = locate(tree, path.slice(0, -1));
    const start = { start: node.start, end: node.start };
    return errorDiagnostic(
      'project/missing-key',
      `The key "${key}" is missing in ${named(full.slice(0, -1), options)}.`,
      {
        span: container.entry ? file.keySpan(container.entry) : (options.at ?? file.span(start)),
      },
    );
  }
  return errorDiagnostic('project/invalid-value', sentence(issue, full, node, options), {
    span: file.span(node),
    ...valueHint(issue, node),
  });
}

/** In `{ description: Net, without tax }` YAML takes what follows the comma for a key. */
function isCutText(entry: YamlEntry | undefined): boolean {
  return entry !== undefined && entry.value.start === entry.value.end && entry.key.includes(' ');
}

function sentence(issue: Issue, path: Path, node: YamlNode, options: ValidateOptions): string {
  const what = named(path, options);
  const subject = what.replace(/^the /, 'The ');
  const plain = toPlain(node);
  const secret = node.kind === 'scalar' && node.secret ? String(node.value) : undefined;
  // A schema's own message may quote the value.
  const message = secret ? issue.message.replaceAll(secret, '***') : issue.message;
  if (issue.code === 'invalid_type') return `${subject} ${message}, not ${kindOf(plain, issue.expected)}.`;
  if (issue.code === 'invalid_value' && !secret && typeof plain === 'string') {
    return `${subject} ${message}, not "${plain}".`;
  }
  return `${subject} ${message.replace(/\.$/, '')}.`;
}

function valueHint(issue: Issue, node: YamlNode): { readonly hint?: string } {
  if (issue.code !== 'invalid_value' || node.kind !== 'scalar' || node.secret) return {};
  const close = nearest(String(node.value), issue.values.map(String));
  return close ? { hint: `did you mean "${close}"?` } : {};
}

function named(path: Path, options: ValidateOptions): string {
  if (path.length === 0) return options.what;
  const text = path.map((step, i) =>
    typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${String(step)}`,
  );
  return `"${text.join('')}"`;
}
