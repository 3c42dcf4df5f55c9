import { resolve } from 'node:path';
import type { Publication } from '../ports/publisher.js';
import type { Workspace } from './workspace.js';

/** Where a table is published to, as the project now says it. */
export function publicationOf(workspace: Workspace, table: string): Publication {
  const model = workspace.project.models.find(({ name }) => name === table);
  const { to, path } = (model?.config.options.publish ?? {}) as {
    readonly to?: string;
    readonly path?: string;
  };
  const place = to === undefined || to.includes('://') ? to : resolve(workspace.paths.root, to);
  return { table, ...(place !== undefined && { to: place }), ...(path !== undefined && { path }) };
}
