import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SideRows } from '../../diff/prepared-diff.js';
import type { DataFile, TableVersion } from '../../ir/table-version.js';
import { emptySelect } from '../../lake/parquet-copy.js';
import { fileScan, relationSql } from '../../lake/relation-sql.js';
import type { Engine } from '../../ports/engine.js';
import { RelationSession } from '../../runner/session.js';
import { quotePath, quoteRelation, quoteString } from '../../util/sql-quote.js';
import type { DiffPlace } from './diff-place.js';

/** One side of a comparison. */
export interface DiffSideInput {
  readonly place: DiffPlace;
  /** Undefined where the table does not exist. */
  readonly version: TableVersion | undefined;
}

export type ExistingSide = DiffSideInput & { readonly version: TableVersion };

/** The rows of one side that must be looked at: files that both sides have are left out. */
export async function sideRows(
  { place, version }: ExistingSide,
  sharedFiles: ReadonlySet<string>,
  engine: Engine,
  tempDir: string,
): Promise<SideRows> {
  const { schema } = version;
  if (version.kind === 'view') {
    return { sql: await materializedView(place, version, engine, tempDir), schema };
  }
  const files = version.files.filter((file) => !sharedFiles.has(file.path));
  const sql =
    files.length === 0 ? emptySelect(schema) : `select * from ${await fileScan(files, place.lake.storage)}`;
  return { sql, schema };
}

/** Files of both versions, when both lie in one lake. */
export function sharedFiles(from: DiffSideInput, to: DiffSideInput): ReadonlySet<string> {
  if (from.place.lake.storage.url !== to.place.lake.storage.url) return new Set();
  const paths = (files: readonly DataFile[] = []) => new Set(files.map((file) => file.path));
  const before = paths(from.version?.files);
  return new Set([...paths(to.version?.files)].filter((path) => before.has(path)));
}

/** A view is computed over the tables of its own side, so that the names of the two sides do not meet. */
async function materializedView(
  { lake, snapshot }: DiffPlace,
  version: TableVersion,
  engine: Engine,
  tempDir: string,
): Promise<string> {
  const lakeSql = { relationSql: (each: TableVersion) => relationSql(each, lake.storage) };
  const session = await RelationSession.open(engine, snapshot, lakeSql, []);
  const connection = await engine.connect();
  try {
    await session.define(version);
    await mkdir(tempDir, { recursive: true });
    const path = join(tempDir, `${randomUUID()}.parquet`);
    await connection.run(
      `copy (select * from ${quoteRelation(version.table)}) to ${quoteString(path)} (format parquet)`,
    );
    return `select * from read_parquet(${quotePath(path)})`;
  } finally {
    connection.close();
    session.close();
  }
}
