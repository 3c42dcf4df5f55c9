import { LineIndex, type Span } from '../diagnostics/span.js';
import type { ColumnConfig, ModelFile, NodeConfig, TestConfig, TextFile } from '../ir/project.js';

/**
 * What the front matter of one model came to, small enough to be kept for ten thousand of them: places are
 * kept as offsets, in the order in which `placesOf` meets them, and turned into spans again from the text.
 */
export interface RememberedModel {
  readonly bodyOffset: number;
  /** Without spans. */
  readonly config: NodeConfig;
  readonly offsets: readonly number[];
  /** Own keys of `configSpans`, whose offsets come last; columns, whose places are known, are left out. */
  readonly keys: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What front matter says, with its places. */
export type ModelSettings = Pick<ModelFile, 'bodyOffset' | 'config' | 'configSpans'>;

/** Settings as they can be remembered. */
export function remember(path: string, { bodyOffset, config, configSpans }: ModelSettings): RememberedModel {
  const keys = Object.keys(configSpans).filter(
    (key) => configSpans[key]!.file === path && !key.startsWith('columns.'),
  );
  const spans = [...placesOf(config), ...keys.map((key) => configSpans[key])];
  return {
    bodyOffset,
    config: {
      ...config,
      tests: config.tests.map(withoutSpan),
      columns: config.columns.map((column) => ({
        ...withoutSpan(column),
        tests: column.tests.map(withoutSpan),
      })),
    },
    offsets: spans.flatMap((span) => [span!.start.offset, span!.end.offset]),
    keys,
  };
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
  const tests = (list: readonly TestConfig[]) => list.map((test) => placedTest(test, next()));
  const configSpans: Record<string, Span> = { ...outer };
  const tableTests = tests(config.tests);
  const columns = config.columns.map((column): ColumnConfig => {
    const span = next();
    configSpans[`columns.${column.name}`] = span;
    return placedColumn(column, span, tests(column.tests));
  });
  for (const key of keys) configSpans[key] = next();
  return { bodyOffset, config: { ...config, tests: tableTests, columns }, configSpans };
}

// Keys are set one by one, because spreading takes ten times as long and this runs for every model.
function placedTest(
  { assertion, severity, name, where, warnIf, errorIf }: TestConfig,
  span: Span,
): TestConfig {
  const test: Mutable<TestConfig> = { assertion, severity, span };
  if (name !== undefined) test.name = name;
  if (where !== undefined) test.where = where;
  if (warnIf !== undefined) test.warnIf = warnIf;
  if (errorIf !== undefined) test.errorIf = errorIf;
  return test;
}

function placedColumn(
  { name, description, renamedFrom }: ColumnConfig,
  span: Span,
  tests: readonly TestConfig[],
): ColumnConfig {
  const column: Mutable<ColumnConfig> = { name, tests, span };
  if (description !== undefined) column.description = description;
  if (renamedFrom !== undefined) column.renamedFrom = renamedFrom;
  return column;
}

function placesOf({ tests, columns }: NodeConfig): readonly (Span | undefined)[] {
  return [
    ...tests.map(({ span }) => span),
    ...columns.flatMap((column) => [column.span, ...column.tests.map(({ span }) => span)]),
  ];
}

function withoutSpan<T extends { readonly span?: Span }>({ span: _, ...rest }: T): Omit<T, 'span'> {
  return rest;
}
