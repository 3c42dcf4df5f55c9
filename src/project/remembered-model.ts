import { LineIndex, type Span } from '../diagnostics/span.js';
import type { ColumnConfig, ModelFile, NodeConfig, TestConfig, TextFile } from '../ir/project.js';

/**
 * What the front matter of one model came to, small enough to be kept for ten thousand of them: places are
 * kept as offsets, in the order of tests, columns (each before its tests) and keys, and turned into spans again from the text.
 */
export interface RememberedModel {
  readonly bodyOffset: number;
  /** Without spans. */
  readonly config: NodeConfig;
  readonly offsets: readonly number[];
  /** Keys of `configSpans` with a place in the file itself, but for columns, whose places are known. */
  readonly keys: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What front matter says, with its places. */
export type ModelSettings = Pick<ModelFile, 'bodyOffset' | 'config' | 'configSpans'>;

/** Settings as they can be remembered. */
export function remember(path: string, { bodyOffset, config, configSpans }: ModelSettings): RememberedModel {
  const offsets: number[] = [];
  const keep = (span: Span | undefined) => void offsets.push(span!.start.offset, span!.end.offset);
  const tests = (list: readonly TestConfig[]) =>
    list.map((test) => {
      keep(test.span);
      return copiedTest(test, undefined);
    });
  const tableTests = tests(config.tests);
  const columns = config.columns.map((column) => {
    keep(column.span);
    return copiedColumn(column, undefined, tests(column.tests));
  });
  const keys: string[] = [];
  for (const key in configSpans) {
    const span = configSpans[key]!;
    if (span.file !== path || key.startsWith('columns.')) continue;
    keys.push(key);
    keep(span);
  }
  return { bodyOffset, config: { ...config, tests: tableTests, columns }, offsets, keys };
}

/** The model that was remembered, for the same text. `outer` are the places of its folder's settings. */
export function recall(
  { bodyOffset, config, offsets, keys }: RememberedModel,
  { path, text }: TextFile,
  outer: Readonly<Record<string, Span>>,
): ModelSettings {
  const lines = new LineIndex(text.slice(0, bodyOffset));
  let at = 0;
  const next = () => lines.span(path, offsets[at++]!, offsets[at++]!);
  const tests = (list: readonly TestConfig[]) => list.map((test) => copiedTest(test, next()));
  const configSpans: Record<string, Span> = { ...outer };
  const tableTests = tests(config.tests);
  const columns = config.columns.map((column): ColumnConfig => {
    const span = next();
    configSpans[`columns.${column.name}`] = span;
    return copiedColumn(column, span, tests(column.tests));
  });
  for (const key of keys) configSpans[key] = next();
  return { bodyOffset, config: { ...config, tests: tableTests, columns }, configSpans };
}

// Keys are set one by one, because spreading takes ten times as long and this runs for every model.
function copiedTest(from: TestConfig, span: Span | undefined): TestConfig {
  const test: Mutable<TestConfig> = { assertion: from.assertion, severity: from.severity };
  if (from.name !== undefined) test.name = from.name;
  if (from.where !== undefined) test.where = from.where;
  if (from.warnIf !== undefined) test.warnIf = from.warnIf;
  if (from.errorIf !== undefined) test.errorIf = from.errorIf;
  if (span) test.span = span;
  return test;
}

function copiedColumn(
  from: ColumnConfig,
  span: Span | undefined,
  tests: readonly TestConfig[],
): ColumnConfig {
  const column: Mutable<ColumnConfig> = { name: from.name, tests };
  if (from.description !== undefined) column.description = from.description;
  if (from.renamedFrom !== undefined) column.renamedFrom = from.renamedFrom;
  if (span) column.span = span;
  return column;
}
