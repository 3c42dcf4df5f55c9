import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex, type Span } from '../diagnostics/span.js';
import type { Memo } from '../ports/memo.js';
import { findMergeConflict, ownSideOfMerge } from '../util/merge-conflict.js';
import { parseYaml } from './parse-yaml.js';
import type { YamlEntry, YamlNode } from './yaml-node.js';

/** Where a YAML text stands: in a file of its own, or as front matter from `start` to `end` of a `.sql` file. */
export interface YamlPlace {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One parsed YAML text together with the file it stands in, so that every node has a place there. */
export class YamlFile {
  readonly #place: YamlPlace;
  #lines: LineIndex | undefined;

  constructor(
    place: YamlPlace,
    readonly root: YamlNode,
  ) {
    this.#place = place;
  }

  get path(): string {
    return this.#place.path;
  }

  /** The text as it was written, for offsets of nodes. */
  written(start: number, end: number): string {
    const base = this.#place.start;
    return this.#place.text.slice(base + start, base + end);
  }

  /** The place of a value. What stands on several lines is marked by its first one. */
  span({ start, end }: { readonly start: number; readonly end: number }): Span {
    this.#lines ??= new LineIndex(this.#place.text.slice(0, this.#place.end));
    const from = this.#place.start + start;
    const to = this.#place.start + end;
    const lineEnd = this.#place.text.indexOf('\n', from);
    return this.#lines.span(this.path, from, lineEnd >= 0 && lineEnd < to ? lineEnd : to);
  }

  keySpan(entry: YamlEntry): Span {
    return this.span({ start: entry.keyStart, end: entry.keyEnd });
  }
}

/** Parses a YAML text in its place. Syntax errors are reported; what could be understood is returned. */
export async function readYaml(
  place: YamlPlace,
  memo: Memo | undefined,
  diagnostics: Diagnostic[],
): Promise<YamlFile> {
  const text = place.text.slice(place.start, place.end);
  const conflict = findMergeConflict(text);
  const { root, problems } = await parseYaml(conflict ? ownSideOfMerge(text) : text, memo);
  const file = new YamlFile(place, root);
  if (conflict) {
    const hint = 'keep the lines that are right, and remove those with <<<<<<<, ======= and >>>>>>>';
    const details = { span: file.span(conflict), hint };
    diagnostics.push(errorDiagnostic('project/bad-yaml', 'A merge conflict is not resolved here.', details));
  }
  const lines = new Set<number>();
  for (const { message, start, end } of problems) {
    const span = file.span({ start, end });
    // The parser stumbles on after a mistake: only the first error of a line says something.
    if (lines.has(span.start.line)) continue;
    lines.add(span.start.line);
    diagnostics.push(errorDiagnostic('project/bad-yaml', message, { span, ...hint(place, start) }));
  }
  return file;
}

/** YAML reads the brace of a bare `${…}` in `{ }` as a map, and a quote in it ends the quotes around it. */
function hint({ text, start }: YamlPlace, offset: number): { readonly hint?: string } {
  const at = start + offset;
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = text.indexOf('\n', at);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  return line.includes('${') ? { hint: 'write values with ${…} in double quotes' } : {};
}
