import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import { placeError } from './place-error.js';
import type { Workspace } from './workspace.js';

type Published = Pick<ManifestNode, 'name' | 'config' | 'configSpans'>;

/** What is wrong with where a model says that it is published to. */
export function publishPlaceError(
  { paths, project }: Workspace,
  { name, config, configSpans }: Published,
): Diagnostic | undefined {
  const { to } = (config.options.publish ?? {}) as { readonly to?: string };
  const { where, ...hint } = (to !== undefined && placeError(paths, to, project.targetNames)) || {};
  if (where === undefined) return undefined;
  const span = configSpans?.['publish.to'] ?? configSpans?.publish;
  const message = `${name} cannot be published to a place ${where}.`;
  return errorDiagnostic('project/bad-place', message, { ...(span && { span }), ...hint });
}
