import { resolve } from 'node:path';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { NodeConfig } from '../ir/project.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Publication } from '../ports/publisher.js';
import { TakenPlaces } from '../publishers/places.js';
import { publishers } from '../publishers/registry.js';
import { publishPlaceError } from './publish-place-error.js';
import type { Workspace } from './workspace.js';

export type WantedPublication = readonly [Publication, TableVersion];

/**
 * What should be published now: the tables of this project where it says, and tables of which it knows nothing (of
 * other projects in the same lake, or brought back by a rollback) where they were published last.
 */
export async function wantedPublications(workspace: Workspace): Promise<readonly WantedPublication[]> {
  const { project } = workspace;
  const lake = await workspace.lake();
  const published = [...(await lake.snapshot()).tables.values()].filter(
    ({ publish, kind }) => publish && kind === 'table',
  );
  const models = new Map(project.models.map((model) => [model.name, model]));
  const wanted: WantedPublication[] = [];
  const taken = new TakenPlaces(project.target.lake);
  for (const version of published) {
    const model = models.get(version.table);
    if (!model) continue;
    const wrong = publishPlaceError(workspace, model);
    if (wrong) throw new DiagnosticError([wrong]);
    const publication = publicationOf(workspace, version.table, model.config);
    const other = taken.find(publication);
    if (other) throw sameFolder(other.table, version.table);
    taken.add(publication);
    wanted.push([publication, version]);
  }
  const strange = published.filter(({ table }) => !models.has(table));
  if (strange.length === 0) return wanted;
  const tables = new Set(strange.map(({ table }) => table));
  const recorded = await publishers['parquet-folder'].recorded(tables, lake.storage);
  for (const version of strange) {
    const own = version.provenance.project === project.name;
    const places = recorded.filter(({ publication }) => publication.table === version.table);
    const live = places.filter(({ isLive }) => isLive);
    const last = places[0]?.publication ?? { table: version.table };
    const publications = live.length > 0 ? live.map(({ publication }) => publication) : own ? [last] : [];
    // What the project says now goes before what it once said.
    for (const one of publications.filter((other) => !taken.find(other))) {
      taken.add(one);
      wanted.push([one, version]);
    }
  }
  return wanted;
}

/** Where the project says that a table is published. */
export function publicationOf({ paths }: Workspace, table: string, { options }: NodeConfig): Publication {
  const { to, path, overwrite } = (options.publish ?? {}) as {
    readonly to?: string;
    readonly path?: string;
    readonly overwrite?: boolean;
  };
  const place = to === undefined || to.includes('://') ? to : resolve(paths.root, to);
  return {
    table,
    ...(place !== undefined && { to: place }),
    ...(path !== undefined && { path }),
    ...(overwrite && { overwrite }),
  };
}

function sameFolder(one: string, other: string): DiagnosticError {
  const message = `${one} and ${other} are published to the same folder, or one into that of the other.`;
  const hint = `give one of them another "path" under "publish"`;
  return new DiagnosticError([errorDiagnostic('publish/failed', message, { hint })]);
}
