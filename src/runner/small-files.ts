import type { DataFile } from '../ir/table-version.js';

const smallBytes = 16 * 1024 * 1024;
/** Rows of few bytes make small files that are worth their own all the same. */
const fewRows = 100_000;
const mostSmallFiles = 16;

/**
 * Files to write again as one because too many small ones lie together: each run that adds to a table leaves a
 * file, and a reader pays for every one. Together they soon are no longer small, so no row is moved often.
 */
export function crowdedFiles(files: readonly DataFile[]): readonly DataFile[] {
  const groups = new Map<string, DataFile[]>();
  for (const file of files) {
    if (file.sizeBytes >= smallBytes || file.rowCount >= fewRows) continue;
    const key = JSON.stringify(file.partition);
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()].filter((group) => group.length >= mostSmallFiles).flat();
}
