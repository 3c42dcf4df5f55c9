import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Engine, EngineConnection } from '../ports/engine.js';
import type { Storage } from '../ports/storage.js';
import { quoteIdentifier, quoteRelation, quoteString } from '../util/sql-quote.js';
import { relationSql } from './relation-sql.js';

export interface CatalogRequest {
  /** The DuckDB file, such as `.etl/dev.duckdb`. */
  readonly path: string;
  readonly snapshot: LakeSnapshot;
  readonly storage: Storage;
  /** Opens a database file. */
  readonly openEngine: (path: string) => Promise<Engine>;
}

/**
 * Writes a DuckDB file with a view for every table of a snapshot and, for people, `_etl.tables`. It is made
 * aside and put in place by rename: a process that has the old one open keeps it, the next one sees the new.
 */
export async function writeCatalog({ path, snapshot, storage, openEngine }: CatalogRequest): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temp = `${path}.${randomUUID()}.tmp`;
  try {
    const engine = await openEngine(temp);
    try {
      const connection = await engine.connect();
      await fill(connection, snapshot, storage);
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

async function fill(connection: EngineConnection, snapshot: LakeSnapshot, storage: Storage): Promise<void> {
  const versions = inReadingOrder(snapshot);
  const statements = [...schemasOf(versions), ...macrosOf(versions)];
  for (const version of versions) {
    statements.push(`create view ${quoteRelation(version.table)} as\n${await relationSql(version, storage)}`);
  }
  statements.push(...tableList(snapshot, versions));
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

function tableList(snapshot: LakeSnapshot, versions: readonly TableVersion[]): string[] {
  const rows = versions.map(({ table, kind, id, rowCount, sizeBytes, files, provenance }) => {
    const texts = [table, kind, id].map(quoteString);
    const { runId, createdAt } = provenance;
    return `(${[...texts, rowCount, sizeBytes, files.length, quoteString(runId), quoteString(createdAt)].join(', ')})`;
  });
  return [
    'create schema _etl',
    'create table _etl.tables ("table" varchar, kind varchar, version varchar, row_count ubigint, size_bytes ubigint, file_count ubigint, run_id varchar, created_at timestamptz)',
    ...(rows.length > 0 ? [`insert into _etl.tables values ${rows.join(', ')}`] : []),
    `create table _etl.lake as select ${snapshot.commit}::ubigint as "commit"`,
  ];
}

/** Every view behind what it reads; a reader of what is gone stays out. */
function inReadingOrder({ tables }: LakeSnapshot): TableVersion[] {
  const placed = new Map<string, boolean>();
  const ordered: TableVersion[] = [];
  function place(table: string): boolean {
    const known = placed.get(table);
    if (known !== undefined) return known;
    const version = tables.get(table);
    placed.set(table, false);
    const readable = version !== undefined && (version.view?.reads ?? []).every(place);
    placed.set(table, readable);
    if (readable) ordered.push(version);
    return readable;
  }
  for (const table of tables.keys()) place(table);
  return ordered;
}
