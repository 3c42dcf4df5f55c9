import type * as z from 'zod';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { ColumnConfig, NodeConfig } from '../ir/project.js';
import { own } from '../util/own.js';
import {
  materializationKeys,
  type modelDefaultsSchema,
  type modelSchema,
  type seedSchema,
} from './node-schema.js';
import { toTestConfigs } from './test-config.js';
import type { YamlFile } from './yaml-file.js';
import { entriesOf, entryOf, isBlank, type YamlNode } from './yaml-node.js';

export type WrittenDefaults = z.infer<ReturnType<typeof modelDefaultsSchema>>;
type WrittenNode = z.infer<ReturnType<typeof modelSchema>> | z.infer<typeof seedSchema>;

/** Settings that stand in `etl.yml` for all nodes in a folder, and where. */
export interface NodeDefaults {
  readonly values: WrittenDefaults;
  readonly spans: Readonly<Record<string, Span>>;
}

export const noDefaults: NodeDefaults = { values: {}, spans: {} };

/** Defaults of an outer folder, refined by an inner one: tags and meta add up, the rest is replaced. */
export function refined(outer: NodeDefaults, inner: NodeDefaults): NodeDefaults {
  return { values: mergeWritten(outer.values, inner.values), spans: { ...outer.spans, ...inner.spans } };
}

function mergeWritten<T extends WrittenDefaults>(outer: WrittenDefaults, inner: T): T {
  if (outer === noDefaults.values) return inner;
  const merged = { ...outer, ...inner };
  if (outer.tags && inner.tags) merged.tags = [...new Set([...outer.tags, ...inner.tags])];
  if (outer.meta && inner.meta) merged.meta = { ...outer.meta, ...inner.meta };
  return merged;
}

const optionKeys = Object.keys(materializationKeys);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What the person wrote about a node, over the defaults of its folder, in its final form. It runs for every
 * model of a project, and spreading optional keys into a literal takes ten times as long as setting them.
 */
export function toNodeConfig(
  written: WrittenNode,
  tree: YamlNode | undefined,
  file: YamlFile | undefined,
  defaults: NodeDefaults,
  materializedByDefault: string,
  diagnostics: Diagnostic[],
): NodeConfig {
  const merged = mergeWritten(defaults.values, written as WrittenDefaults & WrittenNode);
  const tests = entryOf(tree, 'tests')?.value;
  const columns = entryOf(tree, 'columns')?.value;
  const config: Mutable<NodeConfig> = {
    materialized: merged.materialized ?? materializedByDefault,
    tags: merged.tags ?? [],
    enabled: merged.enabled ?? true,
    partitionBy: merged.partition_by ?? [],
    publish: merged.publish !== undefined && merged.publish !== false,
    columns: file ? toColumnConfigs(merged.columns, columns, file, diagnostics) : [],
    tests: file ? toTestConfigs(merged.tests, tests, undefined, file, diagnostics) : [],
    meta: (merged.meta ?? {}) as NodeConfig['meta'],
    options: optionsOf(merged),
  };
  if (merged.description !== undefined) config.description = merged.description;
  if (merged.compatibility !== undefined) config.compatibility = merged.compatibility;
  return config;
}

function optionsOf(written: WrittenDefaults): Readonly<Record<string, PlainValue>> {
  const options: Record<string, PlainValue> = {};
  for (const key of optionKeys) {
    const value = written[key as keyof WrittenDefaults];
    if (value !== undefined) options[key] = value as PlainValue;
  }
  if (typeof written.publish === 'object') options.publish = written.publish as PlainValue;
  return options;
}

function toColumnConfigs(
  columns: WrittenNode['columns'],
  node: YamlNode | undefined,
  file: YamlFile,
  diagnostics: Diagnostic[],
): readonly ColumnConfig[] {
  const written = new Map<string, Span>();
  return entriesOf(node).map((entry): ColumnConfig => {
    const { key: name, value } = entry;
    const column = own<NonNullable<typeof columns>[string]>(columns, name);
    const span = file.keySpan(entry);
    const first = written.get(name.toLowerCase());
    if (first) diagnostics.push(sameColumn(name, span, first));
    else written.set(name.toLowerCase(), span);
    if (!column || typeof column === 'string') return { name, tests: [], span };
    const tests = toTestConfigs(column.tests, entryOf(value, 'tests')?.value, name, file, diagnostics);
    // In the order in which a remembered one has its keys.
    const config: Mutable<ColumnConfig> = { name, tests };
    if (column.description !== undefined) config.description = column.description;
    if (column.renamed_from !== undefined) config.renamedFrom = column.renamed_from;
    config.span = span;
    return config;
  });
}

function sameColumn(name: string, span: Span, first: Span): Diagnostic {
  const message = `Column "${name}" stands here twice (upper and lower case are the same to SQL).`;
  const notes = [{ message: 'It stands here first.', span: first }];
  return errorDiagnostic('project/duplicate-name', message, { span, notes, hint: 'make one of the two' });
}

/** The types that columns were given, by name. */
export function columnTypesOf(
  columns: z.infer<typeof seedSchema>['columns'],
): Readonly<Record<string, string>> {
  const types: Record<string, string> = {};
  for (const [name, column] of Object.entries(columns ?? {})) {
    const type = typeof column === 'string' ? column : column?.type;
    if (type !== undefined) types[name] = type;
  }
  return types;
}

/** Keys that no later stage has anything to say about, or whose parts carry their places themselves. */
const unplaced: ReadonlySet<string> = new Set(['description', 'tags', 'meta', 'enabled', 'tests', 'columns']);

/**
 * Places of values by dotted path, over those that hold for the folder: top-level keys, items of lists, and
 * columns (the place of their name). A value that is wrong has a place, too; an empty one has none.
 */
export function spansOf(
  tree: YamlNode | undefined,
  file: YamlFile,
  columns: readonly ColumnConfig[],
  outer: Readonly<Record<string, Span>> = noDefaults.spans,
): Readonly<Record<string, Span>> {
  const spans: Record<string, Span> = outer === noDefaults.spans ? {} : { ...outer };
  for (const { key, value } of entriesOf(tree)) {
    if (unplaced.has(key) || isBlank(value)) continue;
    spans[key] = file.span(value);
    if (key === 'publish')
      for (const part of entriesOf(value)) spans[`${key}.${part.key}`] = file.span(part.value);
    if (value.kind !== 'seq') continue;
    for (const [i, item] of value.items.entries()) spans[`${key}.${i}`] = file.span(item);
  }
  for (const { name, span } of columns) if (span) spans[`columns.${name}`] = span;
  return spans;
}
