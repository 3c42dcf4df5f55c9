import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { Interval, IntervalLedger, SeenVersions, TableVersion } from '../ir/table-version.js';
import type { IntervalsStep } from '../ports/materialization.js';
import { own } from '../util/own.js';
import { quoteRelation } from '../util/sql-quote.js';
import { addGrains, floorToGrain, parseTime, timeText } from '../util/time-grain.js';
import type { TimedInput } from './batch-scope.js';
import type { NodeTask } from './new-version.js';
import { type Look, lookAtPast, pastVersions, presentVersions, seenOf } from './past-rows.js';
import { type Compared, type InputRows, rowsByInterval, unlikeIntervals } from './rows-by-interval.js';

/** What the inputs are by now, and where they differ from what they were. */
export interface InputChanges {
  /** Intervals in which they have other rows, in no order; all of them where that cannot be told. */
  readonly changed: readonly Interval[] | 'all';
  /** See `IntervalLedger`. */
  readonly seen: SeenVersions;
  readonly warnings: readonly Diagnostic[];
}

/** What stands for the rows of each interval; undefined where columns have other types than now. */
type Prints = ReadonlyMap<string, string> | undefined;

/**
 * Finds the intervals whose rows are others than those of the versions that were seen, from these versions
 * themselves: of a stored table only the files are read that one of both versions has alone.
 */
export async function inputChanges(
  ledger: IntervalLedger | undefined,
  inputs: readonly TimedInput[],
  step: IntervalsStep,
  task: NodeTask,
): Promise<InputChanges> {
  const present = inputs.map((input) => [input, presentVersions(input.name, task)] as const);
  const seen: SeenVersions = Object.assign({}, ...present.map(([, now]) => now));
  if (!ledger) return { changed: [], seen, warnings: [] };
  const before = ledger.seen;
  if (!before) return { changed: 'all', seen, warnings: [] };
  const starts = new Set<string>();
  for (const [input, now] of present) {
    if (Object.keys(now).every((name) => own(before, name) === now[name])) continue;
    const past = await pastVersions(input.name, before, task);
    if (!past) return { changed: 'all', seen, warnings: [pastIsGone(input.name, task)] };
    const found = await changedStarts(input, past, await comparedOf(input, ledger, step, task), task);
    if (!found) return { changed: 'all', seen, warnings: [] };
    for (const start of found) starts.add(start);
  }
  const endOf = (start: string) => timeText(addGrains(step.grain, parseTime(start)!, 1));
  return { changed: [...starts].map((start) => ({ start, end: endOf(start) })), seen, warnings: [] };
}

/** Undefined where rows cannot be compared. */
async function changedStarts(
  { name }: TimedInput,
  past: ReadonlyMap<string, TableVersion>,
  compared: Compared,
  task: NodeTask,
): Promise<readonly string[] | undefined> {
  const { connections, manifest, session } = task.context;
  const look: Look<Prints> = async (rows, connection) =>
    hasSameTypes(rows, compared) ? rowsByInterval(rows, compared, connection) : undefined;
  const [before, current] = [past.get(name), session.versionOf(name)];
  const lookAt = (version: TableVersion, other: TableVersion) => lookAtFiles(version, other, task, look);
  const bothStored = before?.kind === 'table' && current?.kind === 'table';
  const was = await seenOf(name, task, () =>
    bothStored ? lookAt(before, current) : lookAtPast(name, past, task, look),
  );
  if (!was) return undefined;
  const { columns } = manifest.nodes.get(name)!.schema;
  const sql = `select * from ${quoteRelation(name)}`;
  const now = bothStored
    ? await lookAt(current, before)
    : await connections.use((connection) => look({ sql, columns }, connection));
  return now && unlikeIntervals(was, now);
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
  if (files.length === 0) return new Map();
  const sql = await context.lake.relationSql({ ...version, files });
  return context.connections.use((connection) => look({ sql, columns: version.schema.columns }, connection));
}

/** A value in another type is another one to a query, such as one that casts it to a text. */
function hasSameTypes({ columns }: InputRows, compared: Compared): boolean {
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  if (!types.has(compared.eventTime.name.toLowerCase())) return false;
  return compared.columns.every(({ name, type }) => (types.get(name.toLowerCase()) ?? type) === type);
}

async function comparedOf(
  { name, eventTime }: TimedInput,
  ledger: IntervalLedger,
  { grain, begin }: IntervalsStep,
  task: NodeTask,
): Promise<Compared> {
  const { columns } = task.context.manifest.nodes.get(name)!.schema;
  const read = await readColumns(name, task);
  // What was built before a `begin` that was moved is still there.
  const starts = [begin, ledger.begin, ...ledger.intervals.map(({ start }) => start)].map(
    (text) => parseTime(text)!,
  );
  return {
    eventTime,
    columns: columns.filter(
      (column) => column === eventTime || (read?.has(column.name.toLowerCase()) ?? true),
    ),
    grain,
    from: timeText(floorToGrain(grain, Math.min(...starts))),
  };
}

/** The columns of an input that the model makes something of: no other matters to its rows. Undefined for all. */
async function readColumns(
  input: string,
  { node, context }: NodeTask,
): Promise<ReadonlySet<string> | undefined> {
  // With `${…}` the SQL may be another one for each batch.
  const isPlain = node.path.endsWith('.sql') && context.readFile(node.path)?.includes('${') === false;
  const lineage = isPlain ? await context.lineageOf(node) : undefined;
  if (!lineage) return undefined;
  const sources = [...lineage.columns.flatMap((column) => column.sources), ...lineage.rows];
  return new Set(sources.flatMap(({ table, column }) => (table === input ? column.toLowerCase() : [])));
}

function pastIsGone(input: string, { node }: NodeTask): Diagnostic {
  const message = `What ${input} held when ${node.name} was last built is no longer there: all of ${node.name} was built again.`;
  return warningDiagnostic('run/late-rows', message);
}
