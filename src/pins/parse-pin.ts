import { isMap, isScalar, isSeq, type ParsedNode, parseDocument, type YAMLMap } from 'yaml';
import { type Diagnostic, errorDiagnostic, type Outcome } from '../diagnostics/diagnostic.js';
import { LineIndex, type Span } from '../diagnostics/span.js';
import { type CompatibilityMode, compatibilityModes } from '../schema/compatibility.js';
import { typeNames, unknownTypeName } from '../schema/known-types.js';
import { parseType } from '../schema/parse-type.js';
import type { PinnedColumn, PinnedSchema } from '../schema/pin.js';
import { TypeTextError } from '../schema/type-tokens.js';
import { findMergeConflict } from '../util/merge-conflict.js';
import { nearest } from '../util/nearest.js';
import { own } from '../util/own.js';
import { type PinFile, pinPath } from './pin-file.js';

/**
 * Reads a pin file. Every problem is a `pin/invalid` diagnostic at its place; the value is undefined as
 * soon as there is one, because a pin that is half read protects nobody.
 */
export function parsePin(path: string, text: string): Outcome<PinFile | undefined> {
  const reader = new PinReader(path, text);
  const value = reader.read();
  return { value: reader.diagnostics.length > 0 ? undefined : value, diagnostics: reader.diagnostics };
}

type Node = ParsedNode | null | undefined;

class PinReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #lines: LineIndex;

  constructor(
    private readonly path: string,
    private readonly text: string,
  ) {
    this.#lines = new LineIndex(text);
  }

  read(): PinFile | undefined {
    const conflict = findMergeConflict(this.text);
    if (conflict) {
      const span = this.#lines.span(this.path, conflict.start, conflict.end);
      const hint =
        'take the columns of both sides, with an id of its own for each, and the higher last_field_id; then remove the markers';
      this.#fail('This pin holds a merge conflict that is not resolved.', span, hint);
      return undefined;
    }
    const document = parseDocument(this.text, { prettyErrors: false });
    for (const { message, pos } of document.errors) this.#fail(message, this.#lines.span(this.path, ...pos));
    if (document.errors.length > 0) return undefined;
    const root = this.#map(document.contents, 'a pin');
    if (!root) return undefined;
    this.#onlyKeys(root, ['format', 'table', 'mode', 'partition_by', 'columns', 'last_field_id', 'history']);
    if (this.#number(root, 'format') !== 1) {
      this.#fail('This version reads pins of format 1 only.', this.#span(root.get('format', true) ?? root));
      return undefined;
    }
    const table = this.#string(root, 'table');
    if (pinPath(table) !== this.path) {
      this.#fail(`The pin of ${table} belongs into ${pinPath(table)}.`, this.#span(root.get('table', true)));
    }
    const schema = this.#schema(root);
    const lastFieldId = this.#number(root, 'last_field_id');
    this.#checkIds(schema.columns, lastFieldId, root);
    const history = this.#items(root, 'history').flatMap((item) => {
      const old = this.#map(item, 'an earlier schema');
      return old ? [this.#schema(old)] : [];
    });
    const partitionBy = root.get('partition_by', true) as Node;
    return {
      pin: { table, mode: this.#mode(root), ...schema, lastFieldId, history },
      path: this.path,
      text: this.text,
      columnSpans: this.#columnSpans(root),
      span: this.#span(root.get('table', true)),
      ...(partitionBy && { partitionSpan: this.#span(partitionBy) }),
    };
  }

  #schema(map: YAMLMap.Parsed): PinnedSchema {
    const columns = this.#items(map, 'columns').flatMap((item) => this.#column(item));
    const partitionBy = this.#items(map, 'partition_by').map((item) =>
      String(isScalar(item) ? item.value : ''),
    );
    for (const key of partitionBy) {
      if (columns.some(({ name }) => name === key)) continue;
      this.#fail(
        `Partition key "${key}" is not one of the columns.`,
        this.#span(map.get('partition_by', true)),
      );
    }
    return { columns, partitionBy };
  }

  #column(item: Node): readonly PinnedColumn[] {
    const map = this.#map(item, 'a column');
    if (!map) return [];
    this.#onlyKeys(map, ['id', 'name', 'type', 'nullable', 'inside']);
    const [name, type] = [this.#string(map, 'name'), this.#string(map, 'type')];
    if (type !== '') this.#checkType(type, this.#span(map.get('type', true)));
    const inside = map.get('inside', true);
    const nestedIds = Object.fromEntries(
      isMap<ParsedNode, ParsedNode>(inside)
        ? inside.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', this.#idOf(value)])
        : [],
    );
    const nullable = (map.get('nullable') as unknown) !== false;
    return [{ name, type, nullable, fieldId: this.#idOf(map.get('id', true) as Node, map), nestedIds }];
  }

  #checkType(type: string, span: Span): void {
    try {
      const unknown = unknownTypeName(parseType(type));
      if (unknown === undefined) return;
      const close = nearest(unknown, typeNames);
      const hint = close === undefined ? undefined : `did you mean ${close}?`;
      this.#fail(`DuckDB has no type "${unknown}".`, span, hint);
    } catch (error) {
      if (!(error instanceof TypeTextError)) throw error;
      this.#fail(error.message, span);
    }
  }

  #checkIds(columns: readonly PinnedColumn[], last: number, root: YAMLMap.Parsed): void {
    const spans = this.#columnSpans(root);
    const owner = new Map<number, string>();
    const names = new Set<string>();
    for (const { name, fieldId, nestedIds } of columns) {
      if (names.has(name)) this.#fail(`Column "${name}" stands here twice.`, own(spans, name));
      names.add(name);
      for (const id of [fieldId, ...Object.values(nestedIds)]) {
        const other = owner.get(id);
        if (other !== undefined) {
          this.#fail(
            `Field id ${id} belongs to "${other}" already.`,
            own(spans, name),
            `two branches gave it at once: remove the id from one of them and set it to ${last + 1}, last_field_id too`,
          );
        }
        if (id > last) this.#fail(`Field id ${id} is higher than last_field_id, ${last}.`, own(spans, name));
        owner.set(id, name);
      }
    }
  }

  #columnSpans(root: YAMLMap.Parsed): Record<string, Span> {
    const entries = this.#items(root, 'columns').flatMap((item) => {
      if (!isMap(item)) return [];
      const shown = item.flow ? item : item.get('type', true);
      return [[String(item.get('name')), this.#span(shown)] as const];
    });
    return Object.fromEntries(entries);
  }

  #mode(map: YAMLMap.Parsed): CompatibilityMode {
    const mode = this.#string(map, 'mode') as CompatibilityMode;
    if (!compatibilityModes.includes(mode)) {
      this.#fail(`The mode is one of ${compatibilityModes.join(', ')}.`, this.#span(map.get('mode', true)));
    }
    return mode;
  }

  #map(node: Node, what: string): YAMLMap.Parsed | undefined {
    if (isMap(node)) return node as YAMLMap.Parsed;
    this.#fail(`Expected ${what}: keys with values.`, node ? this.#span(node) : undefined);
    return undefined;
  }

  #onlyKeys(map: YAMLMap.Parsed, known: readonly string[]): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!known.includes(name)) this.#fail(`A pin has no key "${name}" here.`, this.#span(key));
    }
  }

  #items(map: YAMLMap.Parsed, key: string): readonly ParsedNode[] {
    const node = map.get(key, true) as Node;
    if (!node) return [];
    if (isSeq<ParsedNode>(node)) return node.items;
    this.#fail(`${key} is a list.`, this.#span(node));
    return [];
  }

  #string(map: YAMLMap.Parsed, key: string): string {
    const value = map.get(key);
    if (typeof value === 'string') return value;
    this.#fail(`The key ${key} with a text is missing.`, this.#span(map.get(key, true) ?? map));
    return '';
  }

  #number(map: YAMLMap.Parsed, key: string): number {
    const value: unknown = map.get(key);
    if (Number.isSafeInteger(value)) return value as number;
    this.#fail(`The key ${key} with a whole number is missing.`, this.#span(map.get(key, true) ?? map));
    return 0;
  }

  #idOf(node: Node, parent: Node = node): number {
    const value = isScalar(node) ? node.value : undefined;
    if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
    this.#fail('A field id is a whole number above 0.', this.#span(node ?? parent));
    return 0;
  }

  /** What stands on several lines is marked by its first one. */
  #span(node: unknown): Span {
    const [start, end] = (node as ParsedNode | null)?.range ?? [0, 0];
    const lineEnd = this.text.indexOf('\n', start);
    return this.#lines.span(this.path, start, lineEnd >= 0 && lineEnd < end ? lineEnd : end);
  }

  #fail(message: string, span: Span = this.#lines.span(this.path, 0), hint?: string): void {
    this.diagnostics.push(
      errorDiagnostic('pin/invalid', message, { span, ...(hint !== undefined && { hint }) }),
    );
  }
}
