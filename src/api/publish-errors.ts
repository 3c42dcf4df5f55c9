import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import { materializations } from '../materializations/registry.js';
import type { Publication } from '../ports/publisher.js';
import { folderOf, hasUsableFolder, TakenPlaces } from '../publishers/places.js';
import { publishPlaceError } from './publish-place-error.js';
import { publicationOf } from './wanted-publications.js';
import type { Workspace } from './workspace.js';

/** Errors of the folders that tables are published to, found before anything is built. */
export function publishErrors(workspace: Workspace, manifest: Manifest): readonly Diagnostic[] {
  const taken = new TakenPlaces(workspace.project.target.lake);
  return [...manifest.nodes.values()].flatMap((node) => {
    const { publish, materialized } = node.config;
    if (node.kind === 'source' || !publish || !materializations[materialized]?.storesRows) return [];
    const wrong = publishPlaceError(workspace, node);
    if (wrong) return [wrong];
    const publication = publicationOf(workspace, node.name, node.config);
    if (!hasUsableFolder(publication)) return badFolder(node, publication);
    const other = taken.find(publication);
    taken.add(publication);
    return other ? entangled(node, publication, other) : [];
  });
}

function badFolder(node: ManifestNode, publication: Publication): readonly Diagnostic[] {
  const message = `${node.name} cannot be published to the folder ${JSON.stringify(folderOf(publication))}.`;
  const hint = 'give a path such as marts/orders, without slashes around it and not below _etl';
  return publishError(node, message, hint);
}

function entangled(node: ManifestNode, publication: Publication, other: Publication): readonly Diagnostic[] {
  const [folder, otherFolder] = [folderOf(publication), folderOf(other)];
  const isSame = folder.toLowerCase() === otherFolder.toLowerCase();
  const where = isSame ? folder : `${otherFolder} and ${folder}, one inside the other`;
  const message = `${other.table} and ${node.name} are published to ${where}: readers would find the rows of both.`;
  return publishError(node, message, 'give one of them another "path" under "publish"');
}

function publishError(node: ManifestNode, message: string, hint: string): readonly Diagnostic[] {
  const span = node.configSpans?.publish;
  return [errorDiagnostic('compile/invalid-config', message, { ...(span && { span }), hint })];
}
