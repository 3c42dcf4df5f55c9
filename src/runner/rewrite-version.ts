import type { ManifestNode } from '../ir/manifest.js';
import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { RewriteStep } from '../ports/materialization.js';
import type { Column, TableSchema } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { duplicateKey, findDoubles } from './duplicate-keys.js';
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
    await loadFresh(step, node, connection);
    const keys = keyColumns(step, node.schema);
    if (match.by === 'key')
      await makeUnique(node.name, keys, columnsOf(match.orderBy, node.schema), connection);
    const old = await replacedFiles(step, current, keys, task, connection);
    const [{ count }] = (await connection.rows(`select count(*) as count from ${fresh}`)) as [
      { count: bigint },
    ];
    const kept = (current?.files ?? []).filter((file) => !old.includes(file));
    if (count === 0n && old.length === 0 && kept.length > 0) return withFiles(version, kept);
    const sql = [`from ${fresh}`];
    if (old.length > 0 && current) sql.unshift(await keptRows(old, current.schema, keys, task));
    const skipEmpty = kept.length > 0;
    const written = await context.lake.write({
      ...request,
      skipEmpty,
      sql: sql.join('\nunion all by name\n'),
    });
    return withFiles(version, [...kept, ...written.files]);
  } finally {
    await connection.run(`drop table if exists ${fresh}`);
  }
}

/** Runs the query into the table of new rows, or, where what it changes is added, into one beside it. */
async function loadFresh(
  { sql, changes }: RewriteStep,
  { name, schema }: ManifestNode,
  connection: EngineConnection,
): Promise<void> {
  const load = (rows: string) =>
    connection.run(`create or replace temp table ${fresh} as ${typedSelect(schema, rows)}`);
  if (!changes) return load(sql);
  const seen = quoteIdentifier(changes.seen);
  try {
    await connection.run(`create or replace temp table ${seen} as select * from (${withoutEnd(sql)}\n)`);
    const keys = columnsOf(changes.uniqueBy, schema);
    const doubles = await findDoubles(seen, keys, connection);
    if (doubles.length > 0) throw duplicateKey(name, keys, doubles, 'make them unique in the query');
    await load(changes.sql);
  } finally {
    await connection.run(`drop table if exists ${seen}`);
  }
}

/** All rows of a query, as stored. */
function typedSelect({ columns }: TableSchema, sql: string): string {
  const casts = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `cast(${column} as ${type}) as ${column}`;
  });
  return `select ${casts.join(', ')} from (${withoutEnd(sql)}\n)`;
}

function withoutEnd(sql: string): string {
  return sql.replace(/[;\s]+$/, '');
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

/** The files to be written again; new rows that lose against one that is there are taken out. */
async function replacedFiles(
  { match, partitionBy }: RewriteStep,
  current: TableVersion | undefined,
  keys: readonly Column[],
  { node, context }: NodeTask,
  connection: EngineConnection,
): Promise<readonly DataFile[]> {
  if (!current) return [];
  const { files } = current;
  const scan = (some: readonly DataFile[]) => context.lake.scan(some);
  const hasKeys = keys.every((key) => hasColumn(current.schema, key));
  if (match.by === 'key' && match.orderBy.length > 0 && hasKeys) {
    const order = columnsOf(match.orderBy, node.schema).filter((column) => hasColumn(current.schema, column));
    const candidates = await candidateFiles(files, keys, fresh, connection);
    if (candidates.length > 0 && order.length > 0) {
      await connection.run(
        `delete from ${fresh} as new using ${await scan(candidates)} as old
         where ${sameKey(keys, 'old', 'new')} and ${isGreater(order)}`,
      );
    }
  }
  if (!canShareFiles(current, node.schema, partitionBy)) return files;
  const touched = keys.length > 0 ? await touchedFiles(files, keys, fresh, scan, connection) : [];
  const rest = files.filter((file) => !touched.includes(file));
  return [...touched, ...crowdedFiles(rest)];
}

/** The rows of these files that no new row replaces, with the columns that the table has now. */
async function keptRows(
  files: readonly DataFile[],
  before: TableSchema,
  keys: readonly Column[],
  { node, context }: NodeTask,
): Promise<string> {
  const columns = node.schema.columns.map((column) => {
    const name = quoteIdentifier(column.name);
    return `cast(${hasColumn(before, column) ? `old.${name}` : 'null'} as ${column.type}) as ${name}`;
  });
  const rows = `select ${columns.join(', ')} from ${await context.lake.scan(files)} as old`;
  if (keys.length === 0 || !keys.every((key) => hasColumn(before, key))) return rows;
  return `${rows} where not exists (select 1 from ${fresh} as new where ${sameKey(keys, 'old', 'new')})`;
}

/** All files of a version have one schema and one way to be partitioned. */
export function canShareFiles(
  current: TableVersion,
  schema: TableSchema,
  partitionBy: readonly string[],
): boolean {
  const shape = ({ columns }: TableSchema) =>
    JSON.stringify(columns.map(({ name, type, fieldId, nestedIds }) => [name, type, fieldId, nestedIds]));
  return (
    shape(current.schema) === shape(schema) &&
    JSON.stringify(current.partitionBy) === JSON.stringify(partitionBy)
  );
}

function hasColumn({ columns }: TableSchema, { name }: Column): boolean {
  return columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
}

/** `old` comes behind `new` in an order in which NULL is first. */
function isGreater(order: readonly Column[]): string {
  const [{ name }, ...others] = order as [Column, ...Column[]];
  const column = quoteIdentifier(name);
  const greater = `(old.${column} > new.${column} or (old.${column} is not null and new.${column} is null))`;
  if (others.length === 0) return greater;
  return `(${greater} or (old.${column} is not distinct from new.${column} and ${isGreater(others)}))`;
}

/** Leaves one new row a key: the greatest of those that `order` tells apart, and one of those that are the same. */
async function makeUnique(
  table: string,
  keys: readonly Column[],
  order: readonly Column[],
  connection: EngineConnection,
): Promise<void> {
  let doubles = await findDoubles(fresh, keys, connection);
  if (doubles.length > 0 && order.length > 0) {
    const key = keys.map((column) => quoteIdentifier(column.name)).join(', ');
    const by = order.map((column) => `${quoteIdentifier(column.name)} desc nulls last`).join(', ');
    const greatest = quoteIdentifier('greatest rows');
    await connection.run(
      `create or replace temp table ${greatest} as select distinct * from
         (from ${fresh} qualify rank() over (partition by ${key} order by ${by}) = 1);
       drop table ${fresh}; alter table ${greatest} rename to ${fresh}`,
    );
    doubles = await findDoubles(fresh, keys, connection);
  }
  if (doubles.length === 0) return;
  const hint =
    order.length === 0
      ? 'make them unique in the query, or say which row stays with `order_by: [updated_at]`'
      : `order_by (${order.map((column) => column.name).join(', ')}) does not say which of them stays: add a column to it`;
  throw duplicateKey(table, keys, doubles, hint);
}
