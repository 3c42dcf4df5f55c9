import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { TestAssertion, TestConfig } from '../ir/project.js';
import { nearest } from '../util/nearest.js';
import { readFreshness, thresholdsOf } from './freshness-test.js';
import { shownSecrets } from './secret-values.js';
import { type TestMap, type TestReading, testKinds, type WrittenTest } from './test-schema.js';
import type { YamlFile } from './yaml-file.js';
import { entriesOf, type YamlNode } from './yaml-node.js';

type Kind = (typeof testKinds)[number];
type Settings = Pick<TestMap, 'name' | 'severity' | 'where' | 'warn_if' | 'error_if'>;

/**
 * Turns tests as they were written, on one column or (without `column`) on a whole table, into what they
 * assert. `node` is the list they came from.
 */
export function toTestConfigs(
  tests: readonly WrittenTest[] | undefined,
  node: YamlNode | undefined,
  column: string | undefined,
  file: YamlFile,
  diagnostics: Diagnostic[],
): readonly TestConfig[] {
  if (!tests || node?.kind !== 'seq') return [];
  return tests.flatMap((test, i) => {
    const item = node.items[i]!;
    const secrets = shownSecrets(item, file, 'a data test', inFile);
    diagnostics.push(...secrets);
    if (secrets.length > 0) return [];
    const reading = typeof test === 'string' ? readWord(test, column) : readMap(test, column);
    if ('problem' in reading) {
      const { problem, hint, isUnknown } = reading;
      const code = isUnknown ? 'project/unknown-test' : 'project/invalid-value';
      const first = entriesOf(item)[0];
      const span = first ? file.keySpan(first) : file.span(item);
      diagnostics.push(errorDiagnostic(code, problem, { span, ...(hint && { hint }) }));
      return [];
    }
    return [toConfig(test, reading, file.span(item))];
  });
}

const inFile = { hint: 'write it as a query in a file under tests/, where ${env.NAME} is shown as stars' };

function readWord(word: string, column: string | undefined): TestReading {
  if (column !== undefined && (word === 'not_null' || word === 'unique')) {
    return { kind: word, columns: [column] };
  }
  const isKind = (testKinds as readonly string[]).includes(word);
  if (isKind)
    return {
      problem: `The test ${word} does not say what to test.`,
      hint: `write ${examples[word as Kind]}`,
    };
  if (/^[A-Za-z_]\w*$/.test(word) && word.toLowerCase() !== column?.toLowerCase()) {
    const close = nearest(word, testKinds);
    const hint = close ? `did you mean "${close}"?` : `one of ${testKinds.join(', ')}, or an SQL condition`;
    if (close || column !== undefined)
      return { problem: `There is no test "${word}".`, hint, isUnknown: true };
  }
  return { kind: 'expression', expression: word };
}

const examples: Readonly<Record<Kind, string>> = {
  not_null: 'not_null: [column]',
  unique: 'unique: [column, other_column]',
  accepted_values: 'accepted_values: [a, b] under a column',
  relationships: 'relationships: { to: other_model, field: column } under a column',
  expression: 'an SQL condition such as: amount >= 0',
  row_count: 'row_count: { min: 1 }',
  freshness: 'freshness: { warn_after: 12 hours, error_after: 1 day } under a column',
};

function readMap(test: TestMap, column: string | undefined): TestReading {
  const kind = testKinds.find((candidate) => test[candidate] !== undefined)!;
  switch (kind) {
    case 'not_null':
    case 'unique':
      return readColumns(kind, test[kind], column);
    case 'accepted_values': {
      const written = test.accepted_values!;
      if (column === undefined) return belongsToColumn(kind);
      return { kind, columns: [column], values: Array.isArray(written) ? written : written.values };
    }
    case 'relationships': {
      const { to, field } = test.relationships!;
      if (column === undefined) return belongsToColumn(kind);
      return { kind, columns: [column], to: relationName(to), field };
    }
    case 'expression': {
      const written = test.expression!;
      return { kind, expression: typeof written === 'string' ? written : written.expression };
    }
    case 'row_count': {
      const { min, max } = test.row_count!;
      if (column !== undefined)
        return { problem: 'The test row_count belongs to the whole table, not to a column.' };
      return { kind, ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
    }
    case 'freshness':
      return readFreshness(test, column);
  }
}

function readColumns(
  kind: 'not_null' | 'unique',
  written: TestMap['unique'],
  column: string | undefined,
): TestReading {
  const isList = typeof written === 'string' || Array.isArray(written);
  const names = isList ? written : written?.columns;
  if (names === undefined) {
    return column === undefined ? readWord(kind, undefined) : { kind, columns: [column] };
  }
  if (column !== undefined) {
    return {
      problem: `Under a column, the test ${kind} is about that column alone.`,
      hint: `for several columns write it under "tests:" of the table`,
    };
  }
  return { kind, columns: typeof names === 'string' ? [names] : names };
}

function belongsToColumn(kind: Kind): TestReading {
  return { problem: `The test ${kind} belongs to a column.`, hint: `write it under "tests:" of the column` };
}

/** `ref('x')` and `source('a', 'b')` mean the bare names `x` and `a.b`. */
function relationName(written: string): string {
  const call =
    /^\s*(?:ref\(\s*(['"])(\w+)\1\s*\)|source\(\s*(['"])(\w+)\3\s*,\s*(['"])(\w+)\5\s*\))\s*$/.exec(written);
  if (!call) return written.trim();
  return call[2] ?? `${call[4]}.${call[6]}`;
}

function toConfig(test: WrittenTest, assertion: TestAssertion, span: Span): TestConfig {
  if (typeof test === 'string') return { assertion, severity: 'error', span };
  const inner = testKinds
    .map((kind) => test[kind])
    .find((value) => typeof value === 'object' && !Array.isArray(value));
  const {
    name,
    severity = 'error',
    where,
    warn_if,
    error_if,
  }: Settings = { ...test, ...(inner as Settings | null), ...thresholdsOf(test) };
  return {
    assertion,
    severity,
    ...(name !== undefined && { name }),
    ...(where !== undefined && { where }),
    ...(warn_if !== undefined && { warnIf: warn_if.trim() }),
    ...(error_if !== undefined && { errorIf: error_if.trim() }),
    span,
  };
}
