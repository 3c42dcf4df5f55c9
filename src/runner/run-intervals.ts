import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { DataFile, Interval, TableVersion } from '../ir/table-version.js';
import { EngineError } from '../ports/engine.js';
import type { IntervalsStep } from '../ports/materialization.js';
import { printFieldName } from '../schema/column-type.js';
import { joinIntervals } from '../util/join-intervals.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { own } from '../util/own.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { BatchScope, type TimedInput } from './batch-scope.js';
import { explainFailure } from './explain-failure.js';
import { fitColumns } from './fit-columns.js';
import { inputChanges } from './input-changes.js';
import { columnOf, inputTimes, noEventTime, timedInputs } from './input-times.js';
import { keptOutside } from './kept-outside.js';
import { settleRows } from './late-rows.js';
import { emptyVersion, type NodeTask, withFiles } from './new-version.js';
import { cuttingInputs, refuseOutside } from './rows-outside.js';
import { isWithin } from './time-bounds.js';

/** What came of the intervals of a table: a version with all that went well, and why the rest did not. */
export interface IntervalsOutput {
  /** Absent when there was nothing to build. */
  readonly version?: TableVersion;
  /** Those that were built, with neighbours as one. */
  readonly intervals?: readonly Interval[];
  readonly failures: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** What a batch left: files, or why there are none. */
type BatchResult = { readonly batch: Interval } & (
  | { readonly files: readonly DataFile[] }
  | { readonly failure: readonly Diagnostic[] }
);

/**
 * Builds the intervals of a table that are to be built, several at once, each from its own run of the query. Those
 * that fail are left missing in the version's ledger. Throws `DiagnosticError` when nothing can be kept.
 */
export async function buildIntervals(
  step: IntervalsStep,
  current: TableVersion | undefined,
  task: NodeTask,
): Promise<IntervalsOutput> {
  const { planned, node, context } = task;
  const { mode } = planned;
  const inputsKey = mode?.inputsKey ?? planned.dataKey;
  const inputs = timedInputs(task);
  const { latest, latestByNow, warnings } = await inputTimes(inputs, step, task);
  const ledger = current?.ledger?.grain === step.grain ? current.ledger : undefined;
  const follows = step.followsInputs ? await inputChanges(ledger, inputs, step, task) : undefined;
  const intervals = context.intervals.plan({
    ...step,
    ledger,
    ...(follows && { changed: follows.changed }),
    inputsKey,
    latest,
    latestByNow,
    requested: mode?.requested,
  });
  if (mode?.requested && current && intervals.batches.length === 0) return { failures: [], warnings };
  const { settledUntil } = intervals;
  const settling =
    settledUntil !== undefined && inputs.length > 0 && !follows
      ? await settleRows(settledUntil, ledger?.settled, inputs, task)
      : { settled: ledger?.settled, warnings: [] };
  const results = await runBatches(step, intervals.batches, inputs, task);
  const failures = results.flatMap((result) => ('failure' in result ? result.failure : []));
  const built = results.flatMap((result) => ('files' in result ? [result.batch] : []));
  const replacesAll = mode?.kind === 'full' && context.snapshot.tables.has(node.name);
  if (failures.length > 0 && (built.length === 0 || replacesAll)) throw new DiagnosticError(failures);

  const version = { ...emptyVersion(task), partitionBy: step.partitionBy };
  const written = results.flatMap((result) => ('files' in result ? result.files : []));
  const kept = current ? await keptOutside(built, current, version, step, task) : [];
  const files = [...kept, ...written];
  if (files.length === 0) files.push(...(await writeNothing(step, version, task)));
  return {
    version: {
      ...withFiles(version, files),
      ledger: {
        ...context.intervals.record(ledger, step.grain, intervals, built, inputsKey),
        ...(follows ? { seen: follows.seen } : settling.settled && { settled: settling.settled }),
      },
    },
    intervals: joinIntervals(built),
    failures,
    warnings: [...warnings, ...(follows?.warnings ?? []), ...settling.warnings],
  };
}

async function runBatches(
  step: IntervalsStep,
  batches: readonly Interval[],
  inputs: readonly TimedInput[],
  task: NodeTask,
): Promise<readonly BatchResult[]> {
  if (batches.length === 0) return [];
  const { node, context } = task;
  const cutting = await cuttingInputs(step, inputs, task);
  const scope = await BatchScope.open(context.session, inputs, node.inputs, batches[0]!);
  let done = 0;
  let stopped = false;
  const run = async (batch: Interval, alone: boolean): Promise<BatchResult | undefined> => {
    if (stopped) return { batch, failure: [] };
    const result = await runBatch({ step, scope, cutting, task }, batch, alone || batches.length === 1);
    if (result && 'failure' in result && context.failFast) stopped = true;
    if (result && batches.length > 1) {
      context.emit({ kind: 'node-progress', name: node.name, fraction: ++done / batches.length });
    }
    return result;
  };
  try {
    const results = await mapConcurrently(batches, context.concurrency, (batch) => run(batch, false));
    // What needed more memory than there was beside others is given all of it.
    for (const [i, batch] of batches.entries()) results[i] ??= await run(batch, true);
    return results as BatchResult[];
  } finally {
    await scope.close();
  }
}

/** What the batches of one table have in common. */
interface BatchWay {
  readonly step: IntervalsStep;
  readonly scope: BatchScope;
  /** Inputs that are cut to a batch, where nothing else says when its rows happened. */
  readonly cutting: readonly TimedInput[];
  readonly task: NodeTask;
}

/** Undefined when the batch should run again alone. */
async function runBatch(
  { step, scope, cutting, task }: BatchWay,
  batch: Interval,
  alone: boolean,
): Promise<BatchResult | undefined> {
  const { planned, node, context } = task;
  const eventTime = columnOf(node.schema.columns, step.eventTime);
  let expanded = node;
  try {
    const incremental = planned.mode?.kind === 'incremental';
    expanded = { ...node, ...context.expand(node, { incremental, batch }) };
    const name = quoteIdentifier(eventTime.name);
    const { files } = await context.connections.use((connection) =>
      scope.use(connection, batch, async () => {
        const query = incremental ? await fitColumns(expanded.sql!, node, connection) : expanded.sql;
        return context.lake.write({
          connection,
          sql:
            cutting.length > 0
              ? query!
              : `select * from (${query}\n) where ${isWithin(eventTime, batch)} or ${name} is null`,
          schema: node.schema,
          table: node.name,
          versionId: context.newVersionId(),
          partitionBy: step.partitionBy,
          orderBy: step.orderBy,
          split: true,
          skipEmpty: true,
        });
      }),
    );
    const timeless = files.reduce((sum, file) => sum + (own(file.stats, eventTime.name)?.nullCount ?? 0), 0);
    if (timeless > 0) {
      const hint = `leave them out with \`where ${printFieldName(eventTime.name)} is not null\`, or give them a time`;
      throw noEventTime(node, eventTime.name, timeless, hint);
    }
    if (cutting.length > 0) await refuseOutside(files, batch, eventTime, cutting, task);
    return { batch, files };
  } catch (thrown) {
    if (context.signal.aborted) throw thrown;
    if (thrown instanceof EngineError && thrown.kind === 'out-of-memory' && !alone) return undefined;
    const failure = await explainFailure(expanded, thrown, context);
    return { batch, failure: failure.map((diagnostic) => ofBatch(diagnostic, batch)) };
  }
}

function ofBatch(diagnostic: Diagnostic, { start, end }: Interval): Diagnostic {
  return {
    ...diagnostic,
    notes: [...(diagnostic.notes ?? []), { message: `in the interval ${start} to ${end}` }],
  };
}

async function writeNothing(
  step: IntervalsStep,
  version: TableVersion,
  { node, context }: NodeTask,
): Promise<readonly DataFile[]> {
  const nulls = node.schema.columns.map(
    ({ name, type }) => `cast(null as ${type}) as ${quoteIdentifier(name)}`,
  );
  const written = await context.connections.use((connection) =>
    context.lake.write({
      connection,
      sql: `select ${nulls.join(', ')} where false`,
      schema: node.schema,
      table: node.name,
      versionId: version.id,
      partitionBy: step.partitionBy,
    }),
  );
  return written.files;
}
