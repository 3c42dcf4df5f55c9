import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { Interval, TableVersion } from '../ir/table-version.js';
import type { IntervalsStep } from '../ports/materialization.js';
import type { Column } from '../schema/table-schema.js';
import { own } from '../util/own.js';
import { quoteRelation } from '../util/sql-quote.js';
import { addGrains, floorToGrain, parseTime, timeText } from '../util/time-grain.js';
import type { TimedInput } from './batch-scope.js';
import type { NodeTask } from './new-version.js';
import { type Look, lookAtPast, seenOf, type Unseen } from './past-rows.js';
import { rowsByInterval, unlikeIntervals } from './rows-by-interval.js';

/** What the inputs are by now, and where they differ from what they were. */
export interface InputChanges {
  /** Intervals in which they have other rows, in no order. */
  readonly changed: readonly Interval[];
  /** See `IntervalLedger`. */
  readonly seen: SeenVersions;
  readonly warnings: readonly Diagnostic[];
}

/** Version ids by stored table. */
type SeenVersions = Readonly<Record<string, string>>;
/** What stands for the rows of each interval. */
type Prints = ReadonlyMap<string, string>;

const none: Prints = new Map();

/**
 * Finds the intervals whose rows are others than those of the versions that were `seen`, from these versions
 * themselves: of a stored table only the files are read that one of both versions has alone.
 */
export async function inputChanges(
  before: SeenVersions | undefined,
  inputs: readonly TimedInput[],
  step: IntervalsStep,
  task: NodeTask,
): Promise<InputChanges> {
  const { lake, session } = task.context;
  const storedId = (table: string) => {
    const version = session.versionOf(table);
    return version?.kind === 'table' ? version.id : undefined;
  };
  const seen: Record<string, string> = {};
  const starts = new Set<string>();
  const warnings: Diagnostic[] = [];
  for (const input of inputs) {
    const now = storedBehind(input.name, task, storedId);
    Object.assign(seen, now);
    const then = before && storedBehind(input.name, task, (table) => own(before, table));
    if (!then || !now || isSame(then, now)) continue;
    const past = await Promise.all(Object.entries(then).map(([table, id]) => lake.version(table, id)));
    const found = past.every((version) => version !== undefined)
      ? await changedStarts(input, past, step, task)
      : 'gone';
    if (found === 'gone') warnings.push(untold(input.name, task));
    // That a view is another one by now is said elsewhere.
    else if (found !== 'unfit') for (const start of found) starts.add(start);
  }
  const endOf = (start: string) => timeText(addGrains(step.grain, parseTime(start)!, 1));
  return { changed: [...starts].map((start) => ({ start, end: endOf(start) })), seen, warnings };
}

/**
 * The stored tables that an input is made of, itself or through views, and the version of each. Undefined where the
 * query of a view reads a table of which no version is known: it is another query than the one that was seen.
 */
function storedBehind(
  name: string,
  { context }: NodeTask,
  idOf: (table: string) => string | undefined,
): SeenVersions | undefined {
  const found: Record<string, string> = {};
  const visited = new Set<string>();
  const isKnown = (table: string): boolean => {
    if (visited.has(table)) return true;
    visited.add(table);
    const id = idOf(table);
    if (id !== undefined) {
      found[table] = id;
      return true;
    }
    const node = context.manifest.nodes.get(table);
    const reads = context.session.versionOf(table)?.view?.reads ?? node?.inputs ?? [];
    return node?.kind === 'model' && reads.every(isKnown);
  };
  return isKnown(name) ? found : undefined;
}
function isSame(then: SeenVersions, now: SeenVersions): boolean {
  const tables = Object.keys(now);
  return (
    tables.length === Object.keys(then).length && tables.every((table) => own(then, table) === now[table])
  );
}

async function changedStarts(
  input: TimedInput,
  past: readonly TableVersion[],
  { grain, begin }: IntervalsStep,
  task: NodeTask,
): Promise<readonly string[] | Unseen> {
  const { connections, manifest, session } = task.context;
  const compared = await comparedColumns(input, task);
  const from = { grain, begin: timeText(floorToGrain(grain, parseTime(begin)!)) };
  const look: Look<Prints> = (rows, connection) => rowsByInterval(rows, input, compared, from, connection);
  const current = session.versionOf(input.name);
  const [before] = past;
  if (current?.kind === 'table' && before?.table === input.name) {
    const was = await seenOf(task, () => lookAtFiles(before, current, task, look));
    return isUnseen(was) ? was : unlikeIntervals(was, await lookAtFiles(current, before, task, look));
  }
  const was = await seenOf(task, () => lookAtPast(input.name, past, task, look));
  if (isUnseen(was)) return was;
  const { columns } = manifest.nodes.get(input.name)!.schema;
  const sql = `select * from ${quoteRelation(input.name)}`;
  return unlikeIntervals(was, await connections.use((connection) => look({ sql, columns }, connection)));
}

function isUnseen(was: Prints | Unseen): was is Unseen {
  return typeof was === 'string';
}

/** The rows of a version in files that another version does not have. */
async function lookAtFiles(
  version: TableVersion,
  other: TableVersion,
  { context }: NodeTask,
  look: Look<Prints>,
): Promise<Prints> {
  const shared = new Set(other.files.map(({ path }) => path));
  const files = version.files.filter(({ path }) => !shared.has(path));
  if (files.length === 0) return none;
  const sql = await context.lake.relationSql({ ...version, files });
  return context.connections.use((connection) => look({ sql, columns: version.schema.columns }, connection));
}

/** The columns of an input that the model makes something of: no other matters to its rows. */
async function comparedColumns(
  { name, eventTime }: TimedInput,
  { node, context }: NodeTask,
): Promise<readonly Column[]> {
  const { columns } = context.manifest.nodes.get(name)!.schema;
  // A build that adds may read other columns than a full one, whose lineage is known.
  const lineage = node.incremental ? undefined : await context.lineageOf(node);
  if (!lineage) return columns;
  const sources = [...lineage.columns.flatMap((column) => column.sources), ...lineage.rows];
  const read = new Set(
    sources.flatMap((source) => (source.table === name ? source.column.toLowerCase() : [])),
  );
  return columns.filter((column) => column === eventTime || read.has(column.name.toLowerCase()));
}

function untold(input: string, { node }: NodeTask): Diagnostic {
  const message = `Rows of ${input} may have come late: what it held when ${node.name} was last built is no longer there.`;
  const begin = String(node.config.options.begin).slice(0, 10);
  const hint = `build what they may lie in again: etl backfill ${node.name} --from ${begin} --again`;
  return warningDiagnostic('run/late-rows', message, { hint });
}
