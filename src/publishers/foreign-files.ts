import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Publication, PublishContext } from '../ports/publisher.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { folderOf, type Place, placeOf } from './places.js';
import { listPublishStates, publicationOf, readPublishState } from './publish-state.js';

/** What a reader that globs a folder takes for a part of the table. */
const isParquet = /\.(parquet|parq|pq)$/i;
/** What publishing writes, and takes for its own where it has to look. */
const isPublished = (key: string) => key.endsWith('/data.parquet');

/**
 * Refuses to publish a table for the first time into a folder with Parquet files that nothing published from this lake
 * has written: they would be replaced, or read as part of the table. Throws `DiagnosticError`.
 */
export async function refuseForeignFiles(
  publication: Publication,
  { storage: place, folder }: Place,
  context: PublishContext,
): Promise<void> {
  let isOurs: ((key: string) => boolean) | undefined;
  for await (const { key } of place.list(`${folder}/`)) {
    if (!isParquet.test(key) || (publication.overwrite && isPublished(key))) continue;
    isOurs ??= await ownFiles(context, (file) => address(place.url, file));
    if (isOurs(key)) continue;
    // Somebody else may have begun to publish it since it was looked at: a claim comes before files.
    if ((await readPublishState(context.storage, publication)).isKnown) return;
    throw foreign(publication, `${place.url}/${key}`, isPublished(key));
  }
}

function foreign({ table }: Publication, first: string, mayBeOurs: boolean): DiagnosticError {
  const message = `${table} is committed, but was not published: its folder has Parquet files that no table of this lake wrote, the first of them ${first}.`;
  const takeOver = mayBeOurs ? ', or say `overwrite: true` there if they are of an earlier lake' : '';
  const hint = `name another folder, with "path" or "to" under "publish"${takeOver}, or remove these files where nobody needs them; the next build, or \`etl publish\`, tries again`;
  return new DiagnosticError([errorDiagnostic('publish/foreign-files', message, { hint })]);
}

/**
 * Tells files that publications of this lake have written, also where other settings name their place or a table
 * had another name. What one that was cut off had written nobody noted: all in its folder is its own.
 */
async function ownFiles(
  { storage }: PublishContext,
  addressOf: (key: string) => string,
): Promise<(key: string) => boolean> {
  const files = new Set<string>();
  const folders: string[] = [];
  await mapConcurrently([...(await listPublishStates(storage)).values()], 8, async ({ key }) => {
    const publication = await publicationOf(storage, key);
    if (!publication) return;
    const place = placeOf(publication, storage.url);
    const { records, claims } = await readPublishState(storage, publication);
    for (const { partitions, dropped } of records) {
      for (const file of Object.keys({ ...partitions, ...dropped })) files.add(address(place, file));
    }
    if (claims.length > 0) folders.push(`${address(place, folderOf(publication))}/`);
  });
  return (key) => {
    const at = addressOf(key);
    return files.has(at) || folders.some((folder) => at.startsWith(folder));
  };
}

/** Case counts for nothing, as on some disks. */
function address(place: string, key: string): string {
  return `${place.replace(/\/+$/, '')}/${key}`.toLowerCase();
}
