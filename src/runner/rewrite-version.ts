import type { ManifestNode } from '../ir/manifest.js';
import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { RewriteStep } from '../ports/materialization.js';
import type { Column, TableSchema } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';
import { duplicateKey, entangledKey, findDoubles } from './duplicate-keys.js';
import { type EarlierRows, earlierRows } from './earlier-rows.js';
import { fitColumns } from './fit-columns.js';
import { refuseInfiniteTimes } from './infinite-times.js';
import { keptRows } from './kept-rows.js';
import { makeUnique } from './make-unique.js';
import { emptyVersion, type NodeTask, withFiles } from './new-version.js';
import { crowdedFiles } from './small-files.js';
import { candidateFiles, sameKey, touchedFiles } from './touched-files.js';

/** The new rows, in a temporary table: no model has a space in its name. */
const fresh = quoteIdentifier('new rows');

/**
 * Makes the version that a table has once new rows came: the files that hold no row to be replaced as they are,
 * and the rest, with the new rows, in new ones.
 */
export async function rewriteVersion(
  step: RewriteStep,
  current: TableVersion | undefined,
  task: NodeTask,
  connection: EngineConnection,
): Promise<TableVersion> {
  const { node, context } = task;
  const { partitionBy, orderBy, match } = step;
  const version = { ...emptyVersion(task), partitionBy };
  const request = {
    connection,
    schema: node.schema,
    table: node.name,
    versionId: version.id,
    partitionBy,
    orderBy,
    split: true,
  };
  if (!current && match.by !== 'key' && !step.changes) {
    return withFiles(version, (await context.lake.write({ ...request, sql: step.sql })).files);
  }
  try {
    if (current && task.planned.mode?.forwardOnly) await checkHistory(step, node, connection);
    await loadFresh(step, task, connection);
    const keys = keyColumns(step, node.schema);
    const unique = match.by === 'key' ? await makeUnique(fresh, match, node, connection) : undefined;
    const earlier = current && earlierRows(current, node, partitionBy, context);
    const isSmaller = earlier && (await dropEarlier(step, earlier, keys, task, connection));
    const count = unique === undefined || isSmaller ? await countFresh(connection) : unique;
    const old = earlier ? await replacedFiles(earlier, keys, count, connection) : [];
    const kept = (current?.files ?? []).filter((file) => !old.includes(file));
    if (count === 0 && old.length === 0 && kept.length > 0) return withFiles(version, kept);
    const sql = [`from ${fresh}`];
    if (old.length > 0 && earlier) sql.unshift(await keptRows(old, earlier, keys, fresh, node));
    const written = await context.lake.write({
      ...request,
      skipEmpty: kept.length > 0,
      sql: sql.join('\nunion all by name\n'),
    });
    return withFiles(version, [...kept, ...written.files]);
  } finally {
    await connection.run(`drop table if exists ${fresh}`);
  }
}

/** What was kept by another key would be taken apart by this one. */
async function checkHistory(
  { changes }: RewriteStep,
  node: ManifestNode,
  connection: EngineConnection,
): Promise<void> {
  if (!changes) return;
  const [row] = await connection.rows(`${changes.entangled} limit 1`);
  if (row) throw entangledKey(node, row);
}

/** Runs the query into the table of new rows, or, where what it changes is added, into one beside it. */
async function loadFresh(
  { sql, changes, match }: RewriteStep,
  { planned, node }: NodeTask,
  connection: EngineConnection,
): Promise<void> {
  const adds = planned.mode?.kind === 'incremental';
  const arrival = match.by === 'key' ? match.arrival : undefined;
  const load = (rows: string) =>
    connection.run(`create or replace temp table ${fresh} as ${typedSelect(node.schema, rows, arrival)}`);
  const query = adds ? await fitColumns(sql, node, connection) : sql;
  if (!changes) return load(query);
  const seen = quoteIdentifier(changes.seen);
  try {
    await connection.run(`create or replace temp table ${seen} as select * from (${withoutEnd(query)}\n)`);
    const doubles = await findDoubles(seen, changes.uniqueBy, connection);
    if (doubles.length > 0)
      throw duplicateKey(node, changes.uniqueBy, doubles, 'make them unique in the query');
    const { changedAt, uniqueBy } = changes;
    if (changedAt !== undefined) await refuseInfiniteTimes(seen, changedAt, uniqueBy, node, connection);
    await load(changes.sql);
  } finally {
    await connection.run(`drop table if exists ${seen}`);
  }
}

/** All rows of a query, as stored, and when they came. */
function typedSelect({ columns }: TableSchema, sql: string, arrival: string | undefined): string {
  const casts = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `cast(${column} as ${type}) as ${column}`;
  });
  if (arrival !== undefined) casts.push(quoteIdentifier(arrival));
  return `select ${casts.join(', ')} from (${withoutEnd(sql)}\n)`;
}

/** Columns whose values say which rows are replaced. */
function keyColumns({ match, partitionBy }: RewriteStep, schema: TableSchema): readonly Column[] {
  switch (match.by) {
    case 'nothing':
      return [];
    case 'key':
      return columnsOf(match.columns, schema);
    case 'partition':
      return columnsOf(partitionBy, schema);
  }
}

function columnsOf(names: readonly string[], { columns }: TableSchema): readonly Column[] {
  return names.map((name) => columns.find((column) => column.name.toLowerCase() === name.toLowerCase())!);
}

async function countFresh(connection: EngineConnection): Promise<number> {
  const [row] = await connection.rows(`select count(*) as count from ${fresh}`);
  return Number(row!.count);
}

/** Takes out the new rows that lose against one that is there. Returns whether there may be any. */
async function dropEarlier(
  { match }: RewriteStep,
  earlier: EarlierRows,
  keys: readonly Column[],
  { node }: NodeTask,
  connection: EngineConnection,
): Promise<boolean> {
  const { files, scan } = earlier;
  if (match.by !== 'key' || !keys.every((key) => earlier.columnOf(key))) return false;
  const order = columnsOf(match.orderBy, node.schema).filter((column) => earlier.columnOf(column));
  if (order.length === 0) return false;
  // What is recorded of files goes by the names that their columns had.
  const candidates = earlier.canShare ? (await candidateFiles(files, keys, fresh, connection)).files : files;
  if (candidates.length === 0) return false;
  await connection.run(
    `delete from ${fresh} as new using ${await scan(candidates)} as old
     where ${sameKey(keys, 'old', 'new')} and ${isGreater(order)}`,
  );
  return true;
}

/** The files to be written again for so many new rows. */
async function replacedFiles(
  { files, scan, canShare }: EarlierRows,
  keys: readonly Column[],
  count: number,
  connection: EngineConnection,
): Promise<readonly DataFile[]> {
  if (!canShare) return files;
  const touched = keys.length > 0 ? await touchedFiles(files, keys, fresh, count, scan, connection) : [];
  const rest = files.filter((file) => !touched.includes(file));
  return [...touched, ...crowdedFiles(rest)];
}

/** `old` comes behind `new` in an order in which NULL is first. */
function isGreater(order: readonly Column[]): string {
  const [{ name }, ...others] = order as [Column, ...Column[]];
  const column = quoteIdentifier(name);
  const greater = `(old.${column} > new.${column} or (old.${column} is not null and new.${column} is null))`;
  if (others.length === 0) return greater;
  return `(${greater} or (old.${column} is not distinct from new.${column} and ${isGreater(others)}))`;
}
