import { readFile, rm } from 'node:fs/promises';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { Publication, PublishContext } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import type { TableSchema } from '../schema/table-schema.js';
import { hash } from '../util/hash.js';
import { longestName } from '../util/longest-name.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { emptyPartition, publishedPath } from './hive-path.js';
import { folderOf, hasUsableFolder, type Place } from './places.js';
import type { PublishRecord } from './publish-state.js';
import { replaceObject } from './replace-object.js';

export interface Projection {
  readonly publication: Publication;
  /** Undefined takes the table back. */
  readonly version: TableVersion | undefined;
  readonly schema: TableSchema;
  /** What the folder is known to hold; undefined when it has to be looked at and written anew. */
  readonly known: PublishRecord | undefined;
}

/**
 * Makes the published folder show a version: one object a partition, each replaced as a whole. The object of a
 * dropped partition loses its rows and stays, because a reader may have its name already.
 */
export async function projectVersion(
  { publication, version, schema, known }: Projection,
  context: PublishContext,
): Promise<{ readonly record: PublishRecord; readonly writtenCount: number }> {
  const place = await openPlace(publication, context);
  const wanted = version ? partitionsOf(version, place.folder) : new Map<string, readonly DataFile[]>();
  if (place.storage.localRoot !== undefined) {
    failOnLongName(publication.table, [...wanted.keys()]);
    failOnClash(publication.table, [...wanted.keys()]);
  }
  const existing = known
    ? [...Object.keys(known.partitions), ...Object.keys(known.dropped)]
    : await publishedKeys(place);
  const partitions = Object.fromEntries([...wanted].map(([path, files]) => [path, sourceOf(files)]));
  const written = [...wanted].filter(([path]) => known?.partitions[path] !== partitions[path]);
  await putPartitions(place.storage, written, schema, context);

  const gone = existing.filter((path) => !wanted.has(path));
  const sameSchema = known !== undefined && JSON.stringify(known.schema) === JSON.stringify(schema);
  const emptied = gone.filter((path) => !sameSchema || !Object.hasOwn(known.dropped, path));
  await emptyPartitions(place.storage, emptied, schema, context);
  const now = context.now().toISOString();
  const dropped = Object.fromEntries(gone.map((path) => [path, known?.dropped[path] ?? now]));
  return {
    record: { format: 1, publication, versionId: version?.id ?? null, schema, partitions, dropped },
    writtenCount: written.length + emptied.length,
  };
}

/** A record without the files that are no longer in the folder. */
export async function withoutLost(
  known: PublishRecord,
  publication: Publication,
  context: PublishContext,
): Promise<PublishRecord> {
  const there = new Set(await publishedKeys(await openPlace(publication, context)));
  const present = <T>(entries: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(entries).filter(([path]) => there.has(path)));
  return { ...known, partitions: present(known.partitions), dropped: present(known.dropped) };
}

/** Opens where a table is published. Throws `DiagnosticError` for a folder that nothing may be published to. */
export async function openPlace(publication: Publication, context: PublishContext): Promise<Place> {
  const { table, to } = publication;
  const folder = folderOf(publication);
  if (!hasUsableFolder(publication)) {
    const message = `${table} cannot be published to the folder ${JSON.stringify(folder)}.`;
    const hint = 'give a path such as marts/orders, without slashes around it and not below _etl';
    throw new DiagnosticError([errorDiagnostic('publish/failed', message, { hint })]);
  }
  return { storage: to === undefined ? context.storage : await context.openPlace(to), folder };
}

function partitionsOf(
  { table, schema, partitionBy, files }: TableVersion,
  folder: string,
): Map<string, readonly DataFile[]> {
  const partitions = new Map<string, DataFile[]>();
  for (const file of files) {
    const hasValues = partitionBy.every((column) => Object.hasOwn(file.partition, column));
    if (!hasValues && file.rowCount > 0) throw new Error(`${file.path} of ${table} has no partition values.`);
    const partition = hasValues ? file.partition : emptyPartition(schema, partitionBy);
    const path = publishedPath(folder, schema, partitionBy, partition);
    partitions.set(path, [...(partitions.get(path) ?? []), file]);
  }
  return partitions;
}

function sourceOf(files: readonly DataFile[]): string {
  return files.length === 1 ? files[0]!.path : hash(...files.map((file) => file.path));
}

async function putPartitions(
  to: Storage,
  partitions: readonly (readonly [path: string, files: readonly DataFile[]])[],
  schema: TableSchema,
  { storage, merge, tempDir }: PublishContext,
): Promise<void> {
  const put = async (path: string, files: readonly DataFile[]) => {
    const merged = await merge(schema, files);
    const plain = () => to.upload(merged, path);
    await replaceObject(to, path, async () => merged, tempDir, plain).finally(() =>
      rm(merged, { force: true }),
    );
  };
  const copy = (path: string, file: DataFile) => {
    const plain = () => storage.copy(file.path, path, file.sizeBytes);
    return replaceObject(to, path, () => storage.materialize(file.path), tempDir, plain);
  };
  const whole = partitions.filter(([, files]) => files.length === 1);
  await mapConcurrently(whole, 24, ([path, files]) =>
    to === storage ? copy(path, files[0]!) : put(path, files),
  );
  // One after the other: they share a connection of the engine, which uses all cores for each.
  for (const [path, files] of partitions) if (files.length > 1) await put(path, files);
}

async function emptyPartitions(
  to: Storage,
  paths: readonly string[],
  schema: TableSchema,
  { merge, tempDir }: PublishContext,
): Promise<void> {
  if (paths.length === 0) return;
  const local = await merge(schema, []);
  try {
    const bytes = await readFile(local);
    await mapConcurrently(paths, 8, (path) =>
      replaceObject(
        to,
        path,
        async () => local,
        tempDir,
        () => to.write(path, bytes),
      ),
    );
  } finally {
    await rm(local, { force: true });
  }
}

async function publishedKeys({ storage, folder }: Place): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(`${folder}/`)) {
    if (key.endsWith('/data.parquet')) keys.push(key);
  }
  return keys;
}

/** The names of folders in the lake may be a little shorter. */
function failOnLongName(table: string, paths: readonly string[]): void {
  for (const name of paths.flatMap((path) => path.split('/'))) {
    if (Buffer.byteLength(name) <= longestName) continue;
    const message = `${table} cannot be published on this disk: the name of a partition's folder, ${name.slice(0, 60)}…, has more than ${longestName} bytes.`;
    const hint = 'partition by something shorter, such as left(…, 20)';
    throw new DiagnosticError([errorDiagnostic('publish/failed', message, { hint })]);
  }
}

/** macOS and Windows take `k=US` and `k=us` for one folder: one partition would silently replace the other. */
function failOnClash(table: string, paths: readonly string[]): void {
  if (process.platform !== 'darwin' && process.platform !== 'win32') return;
  const seen = new Map<string, string>();
  for (const path of paths) {
    const other = seen.get(path.toLowerCase());
    seen.set(path.toLowerCase(), path);
    if (other === undefined) continue;
    const message = `${table} cannot be published on this disk: ${other} and ${path} differ only in case.`;
    const hint = 'publish to an object store, or partition by a column without such values, such as lower(…)';
    throw new DiagnosticError([errorDiagnostic('publish/failed', message, { hint })]);
  }
}
