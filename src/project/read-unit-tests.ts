import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { TestFile, TextFile } from '../ir/project.js';
import type {
  UnitTestSetting,
  UnitTestValue,
  WrittenCell,
  WrittenRows,
  WrittenUnitTest,
} from '../ir/unit-test.js';
import { hintAmong } from '../util/hint-among.js';
import { parseTime, timeText } from '../util/time-grain.js';
import { NameRegistry } from './names.js';
import { type ReadContext, readSettings } from './read-context.js';
import { startOf, wholeFile } from './read-text.js';
import { shownSecrets } from './secret-values.js';
import { unitTestFileSchema } from './unit-test-schema.js';
import { validate } from './validate.js';
import type { YamlFile } from './yaml-file.js';
import { entriesOf, entryOf, toPlain, type YamlEntry, type YamlMap, type YamlNode } from './yaml-node.js';

/** Reads the unit tests of all files; their names must differ from each other and from those of `tests/*.sql`. */
export async function readUnitTests(
  texts: readonly TextFile[],
  others: readonly TestFile[],
  context: ReadContext,
): Promise<readonly WrittenUnitTest[]> {
  const names = new NameRegistry();
  for (const { name, path } of others) names.take({ name, span: startOf(path), what: 'test' }, []);
  const tests: WrittenUnitTest[] = [];
  for (const text of texts) {
    for (const test of await readFile(text, context)) {
      const { name, span } = test;
      const named = { name, span, what: 'unit test', hint: 'tests need names of their own: rename one' };
      if (names.take(named, context.diagnostics)) tests.push(test);
    }
  }
  return tests;
}

async function readFile(text: TextFile, context: ReadContext): Promise<readonly WrittenUnitTest[]> {
  const { file, root } = await readSettings(wholeFile(text), text.path, context);
  const valid = validate(unitTestFileSchema, root, file, { what: text.path }, context.diagnostics);
  const list = entryOf(valid?.tree, 'unit_tests')?.value;
  const nodes = list?.kind === 'seq' ? list.items : [];
  return nodes.flatMap((node, i) => {
    const value = valid!.value.unit_tests[i];
    if (!value || value.enabled === false || node.kind !== 'map') return [];
    const secrets = shownSecrets(node, file, 'a unit test');
    context.diagnostics.push(...secrets);
    if (secrets.length > 0) return [];
    const { name, model, description, tags = [] } = value;
    const reader = new UnitTestReader(node, file, context.diagnostics);
    return {
      name,
      path: text.path,
      span: reader.spanOf('name'),
      ...(description !== undefined && { description }),
      tags,
      model,
      modelSpan: reader.spanOf('model'),
      given: reader.given(),
      expect: reader.expected(),
      ...reader.setting(context.vars),
    };
  });
}

/** Reads one test whose shape is right. */
class UnitTestReader {
  constructor(
    private readonly node: YamlMap,
    private readonly file: YamlFile,
    private readonly diagnostics: Diagnostic[],
  ) {}

  spanOf(key: string): Span {
    return this.file.span(entryOf(this.node, key)!.value);
  }

  given(): readonly WrittenRows[] {
    const names = new NameRegistry();
    return this.#entries('given').flatMap((entry) => {
      const hint = 'put the rows of a table in one place';
      const named = { name: entry.key, span: this.file.keySpan(entry), what: 'table', hint };
      return names.take(named, this.diagnostics) ? this.#rows(entry) : [];
    });
  }

  expected(): WrittenRows {
    return this.#rows(entryOf(this.node, 'expect')!);
  }

  /** @param known the variables of `etl.yml` */
  setting(known: YamlNode | undefined): UnitTestSetting {
    const vars = entryOf(this.node, 'vars')?.value;
    const names = entriesOf(known).map(({ key }) => key);
    for (const entry of this.#entries('vars')) {
      if (names.includes(entry.key)) continue;
      const details = { span: this.file.keySpan(entry), ...hintAmong(entry.key, names) };
      const message = `etl.yml defines no variable "${entry.key}".`;
      this.diagnostics.push(errorDiagnostic('project/unknown-var', message, details));
    }
    const batch = this.#batch();
    return {
      ...(vars && { vars: toPlain(vars) as Readonly<Record<string, PlainValue>> }),
      ...(batch && { batch }),
    };
  }

  #entries(key: string): readonly YamlEntry[] {
    return entriesOf(entryOf(this.node, key)?.value);
  }

  #batch(): UnitTestSetting['batch'] {
    const [start, end] = ['start', 'end'].map((key) => {
      const entry = this.#entries('batch').find((each) => each.key === key);
      if (!entry) return undefined;
      const time = parseTime(String(toPlain(entry.value)));
      if (time !== undefined) return timeText(time);
      const message = `"${String(toPlain(entry.value))}" is no moment in time.`;
      const details = { span: this.file.span(entry.value), hint: 'write a date such as 2024-01-31' };
      this.diagnostics.push(errorDiagnostic('project/invalid-value', message, details));
      return undefined;
    });
    return start !== undefined && end !== undefined ? { start, end } : undefined;
  }

  #rows(entry: YamlEntry): WrittenRows {
    const items = entry.value.kind === 'seq' ? entry.value.items : [];
    return {
      name: entry.key,
      span: this.file.keySpan(entry),
      rows: items.map((row) => entriesOf(row).map((cell) => this.#cell(cell))),
    };
  }

  #cell(entry: YamlEntry): WrittenCell {
    return { column: entry.key, value: this.#value(entry.value), span: this.file.keySpan(entry) };
  }

  /** Numbers stay as they are written: `007` may be a text, and not every number is one of JavaScript's. */
  #value(node: YamlNode): UnitTestValue {
    if (node.kind !== 'scalar') return { json: JSON.stringify(toPlain(node)) };
    if (node.value === null || typeof node.value === 'string') return node.value;
    const written = this.file.written(node.start, node.end);
    return typeof node.value === 'number' && decimal.test(written) ? written : String(node.value);
  }
}

const decimal = /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/;
