import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Engine, EngineConnection } from '../ports/engine.js';
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
 * aside and put in place by rename: a process that has the old one open keeps it, the next one sees the new.
 */
export async function writeCatalog(request: CatalogRequest): Promise<void> {
  const { path, openEngine } = request;
  await mkdir(dirname(path), { recursive: true });
  const temp = `${path}.${randomUUID()}.tmp`;
  try {
    const engine = await openEngine(temp);
    try {
      const connection = await engine.connect();
      await fill(connection, request);
      connection.close();
    } finally {
      engine.close();
    }
    await rename(temp, path);
  } finally {
    await rm(temp, { force: true });
    await rm(`${temp}.wal`, { force: true });
  }
}

async function fill(connection: EngineConnection, request: CatalogRequest): Promise<void> {
  const { snapshot, storage } = request;
  const versions = inReadingOrder(snapshot, await includedTables(request));
  const statements = [...schemasOf(versions), ...macrosOf(versions)];
  for (const version of versions) {
    statements.push(`create view ${quoteRelation(version.table)} as\n${await relationSql(version, storage)}`);
  }
  statements.push(...tableList(snapshot));
  // One statement a call, so that an error is about one of them; one transaction, so that the file is written once.
  await connection.run('begin');
  for (const statement of statements) await connection.run(statement);
  await connection.run('commit');
  await connection.run('checkpoint');
}

function schemasOf(versions: readonly TableVersion[]): string[] {
  const schemas = versions
    .map(({ table }) => table.slice(0, Math.max(0, table.indexOf('.'))))
    .filter(Boolean);
  return [...new Set(schemas)].map((schema) => `create schema if not exists ${quoteIdentifier(schema)}`);
}

function macrosOf(versions: readonly TableVersion[]): string[] {
  return [...new Set(versions.flatMap((version) => version.view?.macros ?? []))];
}

function tableList(snapshot: LakeSnapshot): string[] {
  const rows = [...snapshot.tables.values()].map(
    ({ table, kind, id, rowCount, sizeBytes, files, provenance }) => {
      const texts = [table, kind, id].map(quoteString);
      const { runId, createdAt } = provenance;
      return `(${[...texts, rowCount, sizeBytes, files.length, quoteString(runId), quoteString(createdAt)].join(', ')})`;
    },
  );
  return [
    'create schema _etl',
    'create table _etl.tables ("table" varchar, kind varchar, version varchar, row_count ubigint, size_bytes ubigint, file_count ubigint, run_id varchar, created_at timestamptz)',
    ...(rows.length > 0 ? [`insert into _etl.tables values ${rows.join(', ')}`] : []),
    `create table _etl.lake as select ${snapshot.commit}::ubigint as "commit"`,
  ];
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
