import { type Diagnostic, errorDiagnostic } from '../../diagnostics/diagnostic.js';
import type { ExpandedModel } from '../../ir/expanded-model.js';
import type { ManifestTest } from '../../ir/manifest.js';
import type { NodeConfig, TestConfig, TestFile } from '../../ir/project.js';
import { EngineError } from '../../ports/engine.js';
import { combineHashes } from '../../util/combine-hashes.js';
import type { CompileState } from '../compile-state.js';
import { type Draft, draftQuery, statementOf, toReference } from '../draft.js';
import { settingsKey } from '../fingerprint.js';
import { readsOf } from '../graph-ids.js';
import type { UnrepeatableBecause } from '../unrepeatable-because.js';
import { assertionSql } from './assertion-sql.js';
import { TestTypes } from './check-test-types.js';
import { checkUnitValues } from './check-unit-values.js';
import { compileUnitTests } from './compile-unit-tests.js';
import { TestNames } from './test-names.js';
import { unknownColumn } from './unknown-column.js';

/** What a test fails or warns of by default. */
const anyRow = '> 0';

interface TestedNode {
  readonly name: string;
  readonly path: string;
  readonly config: NodeConfig;
}

/** A test on its way: `query` is what must be parsed and bound before it is known to be good. */
interface TestDraft {
  readonly test: ManifestTest;
  readonly query?: {
    readonly expanded: ExpandedModel;
    readonly fileText: string;
    readonly fixedPlace?: TestConfig;
  };
}

/** Compiles the data tests of front matter and of `tests/*.sql` to queries that return failing rows, and unit tests. */
export async function compileTests(
  expandedFiles: readonly ExpandedModel[],
  state: CompileState,
  because: UnrepeatableBecause,
): Promise<readonly ManifestTest[]> {
  const { project } = state.input;
  const names = new TestNames();
  const types = new TestTypes(state);
  const drafts: TestDraft[] = [];
  const expandedByPath = new Map(expandedFiles.map((expanded) => [expanded.path, expanded]));
  for (const file of project.tests) {
    const expanded = expandedByPath.get(file.path);
    if (expanded) drafts.push(fileTest(file, expanded, names));
  }
  const nodes: readonly TestedNode[] = [
    ...project.sources.map((table) => ({ name: table.name, path: table.span.file, config: table.config })),
    ...project.seeds,
    ...project.models,
  ];
  for (const node of nodes) {
    if (!node.config.enabled) continue;
    const tests = [...node.config.columns.flatMap((column) => column.tests), ...node.config.tests];
    for (const config of tests) {
      const draft = configuredTest(node, config, names.nameOf(config, node.name), types, state);
      if (draft) drafts.push(draft);
    }
  }
  await checkUnitValues(types.cells, state);
  return [...(await finish(drafts, state, because)), ...(await compileUnitTests(names, state))];
}

/** Parses and binds the tests that hold SQL of a person; the others are known to be good. */
async function finish(
  drafts: readonly TestDraft[],
  state: CompileState,
  because: UnrepeatableBecause,
): Promise<readonly ManifestTest[]> {
  const settings = settingsKey(state.input.project.engine.init);
  const written = drafts.filter((draft) => draft.query);
  const statements = written.map((draft) => statementOf(draft.query!.expanded));
  const parsed = await state.parse(statements);
  const good = new Map<TestDraft, ManifestTest>();
  const toBind: { readonly draft: TestDraft; readonly query: Draft }[] = [];
  for (const [i, draft] of written.entries()) {
    const { expanded, fileText, fixedPlace } = draft.query!;
    const result = draftQuery(expanded, fileText, statements[i]!, parsed[i]!, state.names, state.macros);
    for (const diagnostic of result.diagnostics) state.report(inYaml(diagnostic, expanded, fixedPlace));
    const query = result.draft;
    if (!query || readsOf(query).some((id) => state.failed.has(id))) continue;
    toBind.push({ draft, query });
  }
  const bound = await state.bind(toBind.map(({ query }) => query));
  for (const [i, { draft, query }] of toBind.entries()) {
    const result = bound[i]!;
    if (result instanceof EngineError) {
      state.report(inYaml(state.explain(result, query), query.expanded, draft.query!.fixedPlace));
    } else {
      const { warnIf, errorIf } = draft.test;
      const { tables, macros } = state.closureOf(query);
      const macroHashes = macros.map((name) => state.macros.drafts.get(name)!.hash);
      const logic = testLogic(query.sql, warnIf, errorIf, [...macroHashes, ...(settings ? [settings] : [])]);
      good.set(draft, {
        ...draft.test,
        sql: query.sql,
        ...(hides(query.expanded) && { segments: query.expanded.segments }),
        reads: [...tables].sort(),
        logic,
        ...(because([query]) && { repeatable: false }),
      });
    }
  }
  return drafts.flatMap((draft) => (draft.query ? (good.get(draft) ?? []) : draft.test));
}

function hides({ segments }: ExpandedModel): boolean {
  return segments.some(({ hidden }) => hidden !== undefined);
}

function testLogic(sql: string, warnIf: string, errorIf: string, uses: readonly string[] = []): string {
  return combineHashes('test', sql, warnIf, errorIf, ...uses);
}

/** SQL of a test in YAML was made: its errors stand at the test, with an excerpt of the SQL. */
function inYaml(diagnostic: Diagnostic, expanded: ExpandedModel, config: TestConfig | undefined): Diagnostic {
  if (!config) return diagnostic;
  const { span: inSql, ...rest } = diagnostic;
  const excerpt = inSql && {
    title: 'the test’s SQL',
    text: expanded.sql,
    start: inSql.start.offset,
    end: inSql.end.offset,
  };
  return { ...rest, ...(config.span && { span: config.span }), ...(excerpt && { excerpt }) };
}

function fileTest(file: TestFile, expanded: ExpandedModel, names: TestNames): TestDraft {
  const test: ManifestTest = {
    name: names.take(file.name),
    columns: [],
    path: file.path,
    ...(file.description !== undefined && { description: file.description }),
    tags: file.tags,
    kind: 'query',
    severity: file.severity,
    warnIf: file.warnIf ?? anyRow,
    errorIf: file.errorIf ?? anyRow,
    sql: '',
    reads: [],
    logic: '',
  };
  return { test, query: { expanded, fileText: file.text } };
}

function configuredTest(
  node: TestedNode,
  config: TestConfig,
  name: string,
  types: TestTypes,
  state: CompileState,
): TestDraft | undefined {
  const assertion = resolved(config, state);
  if (!assertion || state.failed.has(node.name)) return undefined;
  if (!hasColumns(node, assertion, config, state) || !types.check(node.name, assertion, config))
    return undefined;
  const typeOf = (column: string) => types.columnOf(node.name, column).type;
  const sql = assertionSql(assertion, node.name, typeOf, config.where);
  const { span, severity, warnIf = anyRow, errorIf = anyRow } = config;
  const test: ManifestTest = {
    name,
    node: node.name,
    columns: 'columns' in assertion ? assertion.columns : [],
    path: node.path,
    ...(span && { span }),
    tags: node.config.tags,
    kind: assertion.kind,
    severity,
    warnIf,
    errorIf,
    sql,
    reads: assertion.kind === 'relationships' ? [...new Set([node.name, assertion.to])].sort() : [node.name],
    logic: testLogic(sql, warnIf, errorIf),
    ...needsRows(node.name, assertion),
    ...(assertion.kind === 'freshness' && { repeatable: false }),
  };
  if (assertion.kind !== 'expression' && config.where === undefined) return { test };
  const segment = { outStart: 0, outEnd: test.sql.length, sourceStart: 0, sourceEnd: test.sql.length };
  const expanded: ExpandedModel = {
    name,
    path: node.path,
    sql: test.sql,
    segments: [{ kind: 'text', ...segment }],
    refs: [],
  };
  return { test, query: { expanded, fileText: test.sql, fixedPlace: config } };
}

function needsRows(
  table: string,
  assertion: TestConfig['assertion'],
): Pick<ManifestTest, 'needsRowsOf'> | undefined {
  switch (assertion.kind) {
    case 'freshness':
      return { needsRowsOf: table };
    case 'row_count':
      return assertion.min ? { needsRowsOf: table } : undefined;
    case 'relationships':
      return { needsRowsOf: assertion.to };
    default:
      return undefined;
  }
}

/** The assertion with the other table's name as the project writes it. */
function resolved({ assertion, span }: TestConfig, state: CompileState) {
  const { names, failed, report } = state;
  if (assertion.kind !== 'relationships') return assertion;
  const resolution = names.resolve(toReference(assertion.to));
  if ('name' in resolution) {
    state.addKnown([resolution.name]);
    return failed.has(resolution.name) ? undefined : { ...assertion, to: resolution.name };
  }
  const { problem, message, hint } = resolution;
  report(errorDiagnostic(`compile/${problem}`, message, { ...(span && { span }), ...(hint && { hint }) }));
  return undefined;
}

function hasColumns(
  node: TestedNode,
  assertion: TestConfig['assertion'],
  { span }: TestConfig,
  { schemas, report }: CompileState,
): boolean {
  const wanted: (readonly [table: string, column: string])[] =
    'columns' in assertion ? assertion.columns.map((column) => [node.name, column]) : [];
  if (assertion.kind === 'relationships') wanted.push([assertion.to, assertion.field]);
  const missing = wanted.filter(([table, column]) => {
    const lower = column.toLowerCase();
    return !schemas.get(table)!.some(({ name }) => name.toLowerCase() === lower);
  });
  for (const [table, column] of missing) report(unknownColumn(column, table, schemas.get(table)!, span));
  return missing.length === 0;
}
