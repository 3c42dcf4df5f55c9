import { tableFolder } from '../util/table-folder.js';

export const commitPrefix = '_etl/commits/';
export const tablesPrefix = '_etl/tables/';
export const dataPrefix = '_etl/data/';
export const runPrefix = '_etl/runs/';
/** Says that files are being deleted that only old commits name. */
export const vacuumKey = '_etl/vacuum.json';
/** Unfinished files of a storage that keeps them in the lake. */
export const tempPrefix = '_etl/tmp/';
/** A hint where the log's end is; never the truth. */
export const latestKey = '_etl/latest.json';

export function commitKey(number: number): string {
  return `${commitPrefix}${String(number).padStart(20, '0')}.json`;
}

/** The number of a commit's key; undefined for any other key. */
export function commitNumber(key: string): number | undefined {
  const digits = /^_etl\/commits\/(\d{20})\.json$/.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function tableVersionKey(table: string, versionId: string): string {
  return `${tablesPrefix}${tableFolder(table)}/${versionId}.json`;
}

/** The folder of a table's files; their names start with the version they belong to. */
export function tableDataFolder(table: string): string {
  return `${dataPrefix}${tableFolder(table)}`;
}

export function runKey(runId: string): string {
  return `${runPrefix}${runId}.json`;
}
