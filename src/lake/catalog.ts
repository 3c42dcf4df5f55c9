import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import { type Engine, type EngineConnection, EngineError } from '../ports/engine.js';
import type { Storage } from '../ports/storage.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { quoteIdentifier, quoteRelation, quoteString } from '../util/sql-quote.js';
import { inReadingOrder } from './reading-order.js';
import { relationSql } from './relation-sql.js';

export interface CatalogRequest {
  /** The DuckDB file, such as `.etl/dev.duckdb`. */
  readonly path: string;
  readonly snapshot: LakeSnapshot;
  readonly storage: Storage;
  /** Opens a database file. */
  readonly openEngine: (path: string) => Promise<Engine>;
  /**
   * The tables to have views of, besides what these read; their files are downloaded. Default: all tables of a
   * lake on disk, and of a remote lake those whose files are on this disk already.
   */
  readonly include?: (table: string) => boolean;
}

/**
 * Writes a DuckDB file with a view for every table of a snapshot and, for people, `_etl.tables`. It is made
 * aside and put in place by rename: a process that has the old one open keeps it, the next one sees the new. Of a
 * lake on this machine, a copy of the file that is there is brought up to date: a build changes few of many tables.
 */
export async function writeCatalog(request: CatalogRequest): Promise<void> {
  const { path, include, storage } = request;
  await mkdir(dirname(path), { recursive: true });
  const mayUpdate = storage.localRoot !== undefined && !include && existsSync(path);
  if (mayUpdate && (await replace(request, update).catch(isEngineError))) return;
  await replace(request, fill);
}

async function replace(
  { path, openEngine, ...rest }: CatalogRequest,
  action: typeof fill | typeof update,
): Promise<true> {
  const temp = `${path}.${randomUUID()}.tmp`;
  try {
    if (action === update) await copyFile(path, temp);
    const engine = await openEngine(temp);
    try {
      const connection = await engine.connect();
      await action(connection, { path, openEngine, ...rest });
      connection.close();
    } finally {
      engine.close();
    }
    await rename(temp, path);
    return true;
  } finally {
    await rm(temp, { force: true });
    await rm(`${temp}.wal`, { force: true });
  }
}

/** A file that cannot be read or updated is no harm: it is written anew. */
function isEngineError(thrown: unknown): false {
  if (thrown instanceof EngineError) return false;
  throw thrown;
}

async function fill(connection: EngineConnection, request: CatalogRequest): Promise<void> {
  const { snapshot, storage } = request;
  const versions = inReadingOrder(snapshot, await includedTables(request));
  await runAll(connection, [
    ...schemasOf(versions),
    ...(await viewsOf(versions, storage)),
    'create schema _etl',
    'create table _etl.tables ("table" varchar, kind varchar, version varchar, row_count ubigint, size_bytes ubigint, file_count ubigint, run_id varchar, created_at timestamptz)',
    ...listRows([...snapshot.tables.values()]),
    `create table _etl.lake as select ${snapshot.commit}::ubigint as "commit", ${rootOf(storage)} as root`,
  ]);
}

/** Changes only the views of tables that have another version than `_etl.tables` says, or that lie elsewhere now. */
async function update(connection: EngineConnection, { snapshot, storage }: CatalogRequest): Promise<void> {
  const shown = await shownVersions(connection, storage);
  const readable = inReadingOrder(snapshot, [...snapshot.tables.keys()]);
  const names = new Set(readable.map((version) => version.table));
  const gone = [...shown.keys()].filter((table) => !names.has(table));
  const changed = readable.filter((version) => shown.get(version.table) !== version.id);
  await runAll(connection, [
    ...gone.map((table) => `drop view ${quoteRelation(table)}`),
    ...schemasOf(changed),
    ...(await viewsOf(changed, storage)),
    'delete from _etl.tables',
    ...listRows([...snapshot.tables.values()]),
    `update _etl.lake set "commit" = ${snapshot.commit}, root = ${rootOf(storage)}`,
  ]);
}

/** The folder that the views' paths begin with; a lake may be moved or copied, together with this file. */
function rootOf({ localRoot = '' }: Storage): string {
  return quoteString(localRoot);
}

/** Version id by table, of the tables that have a view; an empty one where the view reads files of another folder. */
async function shownVersions(
  connection: EngineConnection,
  storage: Storage,
): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.rows(
    `select t."table" as name, if(lake.root = ${rootOf(storage)}, t.version, '') as version
     from _etl.tables as t, _etl.lake as lake
     where t."table" in (select if(schema_name = 'main', view_name, schema_name || '.' || view_name)
                         from duckdb_views() where not internal)`,
  );
  return new Map(rows.map((row) => [String(row.name), String(row.version)]));
}

/** One statement a call, so that an error is about one of them; one transaction, so that the file is written once. */
async function runAll(connection: EngineConnection, statements: readonly string[]): Promise<void> {
  await connection.run('begin');
  for (const statement of statements) await connection.run(statement);
  await connection.run('commit');
  await connection.run('checkpoint');
}

/** Views in their order, each behind the macros that it needs: those may read tables that came before. */
async function viewsOf(versions: readonly TableVersion[], storage: Storage): Promise<string[]> {
  const selects = await mapConcurrently(versions, 16, (version) => relationSql(version, storage));
  const statements = versions.flatMap((version, i) => [
    ...(version.view?.macros ?? []),
    `create or replace view ${quoteRelation(version.table)} as\n${selects[i]}`,
  ]);
  return [...new Set(statements)];
}

function schemasOf(versions: readonly TableVersion[]): string[] {
  const schemas = versions
    .map(({ table }) => table.slice(0, Math.max(0, table.indexOf('.'))))
    .filter(Boolean);
  return [...new Set(schemas)].map((schema) => `create schema if not exists ${quoteIdentifier(schema)}`);
}

function listRows(versions: readonly TableVersion[]): string[] {
  if (versions.length === 0) return [];
  const rows = versions.map(({ table, kind, id, rowCount, sizeBytes, files, provenance }) => {
    const texts = [table, kind, id].map(quoteString);
    const { runId, createdAt } = provenance;
    return `(${[...texts, rowCount, sizeBytes, files.length, quoteString(runId), quoteString(createdAt)].join(', ')})`;
  });
  return [`insert into _etl.tables values ${rows.join(', ')}`];
}

async function includedTables({ snapshot, storage, include }: CatalogRequest): Promise<readonly string[]> {
  const versions = [...snapshot.tables.values()];
  if (include) return versions.map(({ table }) => table).filter(include);
  const local = await mapConcurrently(versions, 16, (version) => isOnDisk(version, snapshot, storage));
  return versions.filter((_, i) => local[i]).map(({ table }) => table);
}

async function isOnDisk(version: TableVersion, snapshot: LakeSnapshot, storage: Storage): Promise<boolean> {
  if (!storage.hasLocalCopy) return true;
  for (const file of version.files) if (!(await storage.hasLocalCopy(file.path))) return false;
  for (const table of version.view?.reads ?? []) {
    const read = snapshot.tables.get(table);
    if (read && !(await isOnDisk(read, snapshot, storage))) return false;
  }
  return true;
}
