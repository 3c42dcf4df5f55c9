import fc from 'fast-check';
import { expect } from 'vitest';
import type { Storage } from '../../src/ports/storage.js';
import { openStorage } from '../../src/storage/registry.js';
import { buildWell } from './build-project.js';
import { startLocalR2 } from './local-r2.js';
import { tableRows } from './table-rows.js';

/** Where the lake of a random project lies. */
export interface PropertyTarget {
  /** What the project has for it. */
  readonly files: Readonly<Record<string, string>>;
  /** Default: on a disk. */
  readonly storage?: (folder: string) => Promise<Storage>;
}

export const nightly = process.env.ETL_NIGHTLY !== undefined;

/** How many sequences are tried. */
export const runsOf = (normal: number, atNight: number): number =>
  Number(process.env.ETL_PROPERTY_RUNS ?? (nightly ? atNight : normal));

/** Holds random sequences against a property, in projects whose lake is on a disk. */
export function onDisk<Step>(
  sequences: fc.Arbitrary<Step>,
  numRuns: number,
  check: (sequence: Step, target: PropertyTarget) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(sequences, (sequence) => check(sequence, { files: {} }));
  return fc.assert(property, { numRuns, endOnFailure: true });
}

/** The same with each lake in a bucket of a local R2. */
export async function onR2<Step>(
  sequences: fc.Arbitrary<Step>,
  numRuns: number,
  check: (sequence: Step, target: PropertyTarget) => Promise<void>,
): Promise<void> {
  const r2 = await startLocalR2();
  let count = 0;
  const property = fc.asyncProperty(sequences, (sequence) => {
    const { lake, s3 } = r2.target(`lake-${++count}`);
    const files = { 'etl.yml': `name: test\ntargets:\n  dev: ${JSON.stringify({ lake, s3 })}\n` };
    const storage = (folder: string) =>
      openStorage({ name: 'dev', lake, ...(s3 && { s3 }) }, { cacheDir: `${folder}/.etl/cache/read` });
    return check(sequence, { files, storage });
  });
  try {
    await fc.assert(property, { numRuns, endOnFailure: true });
  } finally {
    await r2.stop();
  }
}

/** Holds tables against those of one full build of the same data; a build before it has nothing to do. */
export async function expectFullBuild(
  folder: string,
  tables: readonly string[],
  storage: Storage | undefined,
): Promise<void> {
  const contents = () => Promise.all(tables.map((table) => tableRows(folder, table, storage)));
  const found = await contents();
  expect((await buildWell(folder)).commit).toBeUndefined();
  await buildWell(folder, { fullRefresh: true });
  expect(found).toEqual(await contents());
}
