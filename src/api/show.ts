import { join } from 'node:path';
import { type Diagnostic, errorDiagnostic, hasErrors } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Segment } from '../ir/expanded-model.js';
import type { Manifest, ManifestNode, ManifestTest } from '../ir/manifest.js';
import type { WrittenSql } from '../ir/printable-sql.js';
import type { Interval } from '../ir/table-version.js';
import { relationSql } from '../lake/relation-sql.js';
import { sharedSignal } from '../ports/interruption.js';
import type { SourceReader } from '../ports/source-reader.js';
import { suggestedCommand } from '../reporters/suggested-command.js';
import { RelationSession } from '../runner/session.js';
import { expandModels } from '../template/expand-models.js';
import { nearest } from '../util/nearest.js';
import { quoteRelation } from '../util/sql-quote.js';
import { parseTime, timeText } from '../util/time-grain.js';
import { withoutEnd } from '../util/without-end.js';
import { type CompiledProject, compileProject, expandOptions } from './compile-project.js';
import { explainQuery } from './explain-query.js';
import { type ExportFormat, exportRows } from './export-rows.js';
import type { ProjectOptions } from './options.js';
import type { QueryResult } from './query.js';
import { sourceReader } from './source-reader.js';
import { openWorkspace, type Workspace } from './workspace.js';

export interface ShowOptions extends ProjectOptions {
  /** A model, seed or source table; or a data test, for the rows that fail it. */
  readonly name?: string | undefined;
  /** SQL with `${…}` instead. */
  readonly inline?: string | undefined;
  /** Rows at most. Default: all. */
  readonly limit?: number | undefined;
}

/** Runs a model's SQL, as it is saved now, over the tables that the lake holds, and stores nothing. Throws `DiagnosticError`. */
export async function show(options: ShowOptions): Promise<QueryResult> {
  const { workspace, session, query, names } = await prepare(options);
  try {
    const connection = await (await workspace.openEngine()).connect();
    const stream = await connection.stream(query.sql);
    const close = async () => {
      connection.close();
      session.close();
      await workspace.close();
    };
    return { ...stream, close };
  } catch (thrown) {
    session.close();
    await workspace.close();
    throw explainQuery(thrown, query, (name) => {
      const near = nearest(name, names);
      return near === undefined ? 'etl ls shows what there is' : `did you mean "${near}"?`;
    });
  }
}

/** The same rows as a file. */
export async function exportShown(
  options: ShowOptions & { readonly format: ExportFormat },
): Promise<AsyncIterable<Uint8Array>> {
  const { workspace, session, query } = await prepare(options);
  const connection = await (await workspace.openEngine()).connect();
  return exportRows(connection, query, options.format, workspace.paths.temp, async () => {
    session.close();
    await workspace.close();
  });
}

async function prepare(options: ShowOptions) {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) throw new DiagnosticError(diagnostics);
  try {
    const lake = await workspace.lake();
    const snapshot = await lake.snapshot();
    const compiled = await compileProject(workspace, snapshot);
    const { manifest, sources = new Map() } = compiled.value ?? {};
    const problems = [...diagnostics, ...compiled.diagnostics];
    if (!manifest) throw new DiagnosticError(problems);
    const written =
      options.inline === undefined
        ? nodeSql(compiled.value!, options.name ?? '', problems)
        : await inlineSql(workspace, options.inline, manifest, problems);
    const relations = {
      relationSql: (version: Parameters<typeof relationSql>[0]) => relationSql(version, lake.storage),
    };
    const session = await RelationSession.open(
      await workspace.openEngine(),
      snapshot,
      relations,
      manifest.sqlMacros,
    );
    const test = options.inline === undefined ? findTest(manifest, options.name) : undefined;
    // What failed a test is not in the lake.
    const fresh = new Set(test?.reads);
    const names = test?.reads ?? namesIn(written.sql, manifest);
    const reader = sourceReader(
      workspace,
      manifest,
      join(workspace.paths.temp, 'show'),
      sharedSignal(),
      sources,
    );
    await defineNames(workspace, session, snapshot, manifest, reader, names, fresh);
    return { workspace, session, query: limited(written, options.limit), names: [...manifest.nodes.keys()] };
  } catch (thrown) {
    await workspace.close();
    throw thrown;
  }
}

function limited({ sql, segments = [] }: WrittenSql, limit: number | undefined): WrittenSql {
  if (limit === undefined) return { sql, segments };
  const before = 'select * from (\n';
  const shifted = ({ hidden = [] }: Pick<Segment, 'hidden'>) => ({
    hidden: hidden.map(([start, end]) => [start + before.length, end + before.length] as const),
  });
  return { sql: `${before}${sql}\n) limit ${limit}`, segments: segments.map(shifted) };
}

function nodeSql(
  { manifest, expandRun }: Pick<CompiledProject, 'manifest' | 'expandRun'>,
  name: string,
  problems: readonly Diagnostic[],
): WrittenSql {
  const node = manifest.nodes.get(name);
  const batch = node && wholeTime(node);
  if (batch) return expandRun(node, { incremental: false, batch });
  if (node?.sql !== undefined && !node.transform) return { sql: node.sql, segments: node.segments };
  if (node) return { sql: `select * from ${quoteRelation(name)}` };
  const test = findTest(manifest, name);
  if (test?.unit) throw new DiagnosticError([notShown(name)]);
  if (test) return test;
  // Errors elsewhere do not matter for this model; its own do.
  if (hasErrors(problems)) throw new DiagnosticError(problems);
  const near = nearest(name, [...manifest.nodes.keys(), ...manifest.tests.map((each) => each.name)]);
  throw new DiagnosticError([
    errorDiagnostic(
      'compile/unknown-model',
      `There is no model, seed, source table or test "${name}".`,
      near === undefined ? {} : { hint: `did you mean "${near}"?` },
    ),
  ]);
}

/** All intervals of a model that is built by them, as one. */
function wholeTime({ sql, config: { options } }: ManifestNode): Interval | undefined {
  const begin = parseTime(String(options.begin));
  if (options.strategy !== 'time_range' || sql === undefined || begin === undefined) return undefined;
  return { start: timeText(begin), end: timeText(Date.now()) };
}

function findTest(manifest: Manifest, name: string | undefined): ManifestTest | undefined {
  return manifest.tests.find((test) => test.name === name);
}

async function inlineSql(
  workspace: Workspace,
  text: string,
  manifest: Manifest,
  problems: readonly Diagnostic[],
): Promise<WrittenSql> {
  const template = { name: 'inline', path: '--inline', text, bodyOffset: 0 };
  const { value, pending, diagnostics, retry } = await expandModels([template], expandOptions(workspace));
  if (hasErrors(diagnostics)) throw new DiagnosticError(diagnostics);
  // It waits for columns, which are known by now.
  const again = pending[0] && retry(template.path, (table) => manifest.nodes.get(table)?.schema);
  const model = value[0] ?? again?.model;
  if (model) return { sql: withoutEnd(model.sql), segments: model.segments };
  // Those of a table that does not compile are not.
  throw new DiagnosticError(again?.diagnostics.length ? again.diagnostics : problems);
}

function notShown(name: string): Diagnostic {
  return errorDiagnostic('query/failed', `${name} is a unit test: the rows that fail it are in no table.`, {
    hint: `run ${suggestedCommand(['test', '--select', name])}`,
  });
}

function notBuilt(name: string): Diagnostic {
  return errorDiagnostic('lake/no-table', `${name} is a transform that has not been built yet.`, {
    hint: `run ${suggestedCommand(['build', '--select', `+${name}`])}`,
  });
}

/** Names that may stand in the SQL as tables: too many does no harm. */
function namesIn(sql: string, manifest: Manifest): readonly string[] {
  const words = new Set(sql.toLowerCase().match(/[\w.]+/g) ?? []);
  const plain = sql.toLowerCase().replaceAll('"', '');
  return [...manifest.nodes.keys()].filter(
    (name) => words.has(name.toLowerCase()) || (name.includes('.') && plain.includes(name.toLowerCase())),
  );
}

/** What the lake has is read from there; what it lacks, and what is `fresh`, is computed from the project. */
async function defineNames(
  workspace: Workspace,
  session: RelationSession,
  snapshot: LakeSnapshot,
  manifest: Manifest,
  reader: SourceReader,
  names: readonly string[],
  fresh: ReadonlySet<string>,
): Promise<void> {
  const defined = new Set<string>();
  const define = async (name: string): Promise<void> => {
    if (defined.has(name)) return;
    defined.add(name);
    if (snapshot.tables.has(name) && !fresh.has(name)) return session.ensure([name]);
    const node = manifest.nodes.get(name);
    if (!node) return;
    if (node.transform) throw new DiagnosticError([notBuilt(name)]);
    for (const input of node.inputs) await define(input);
    if (node.sql !== undefined) return session.defineQuery(name, node.sql);
    const connection = await (await workspace.openEngine()).connect();
    const opened = await reader.open(name, connection);
    await session.defineQuery(name, opened.sql);
  };
  for (const name of names) await define(name);
}
