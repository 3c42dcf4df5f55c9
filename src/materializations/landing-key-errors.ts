import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import { configError, namesOption, repeatedColumn, textOption, unknownColumns } from './read-options.js';

/** Errors of the columns by which rows of a source come together that land bit by bit. */
export function landingKeyErrors(node: ManifestNode): readonly Diagnostic[] {
  if (node.kind !== 'source') return [];
  const key = namesOption(node.config, 'primary_key');
  const cursor = textOption(node.config, 'cursor');
  return [
    ...emptyKey(node),
    ...unknownColumns(node, 'primary_key', key),
    ...repeatedColumn(node, 'primary_key'),
    ...(cursor === undefined ? [] : unknownColumns(node, 'cursor', [cursor])),
  ];
}

function emptyKey(node: ManifestNode): readonly Diagnostic[] {
  const { options } = node.config;
  if (options.primary_key === undefined || namesOption(node.config, 'primary_key').length > 0) return [];
  const message = `The primary_key of ${node.name} names no column.`;
  const hint = 'name the columns that tell its rows apart, such as `primary_key: [id]`, or leave it out';
  return [configError(node, 'primary_key', message, hint)];
}
