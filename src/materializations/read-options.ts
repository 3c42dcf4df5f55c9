import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { NodeConfig } from '../ir/project.js';
import { nearest } from '../util/nearest.js';

/** An option that is a list of names; empty when it is not given. */
export function namesOption({ options }: NodeConfig, key: string): readonly string[] {
  return (options[key] as readonly string[] | undefined) ?? [];
}

/** An option that is a text. */
export function textOption({ options }: NodeConfig, key: string): string | undefined {
  return options[key] as string | undefined;
}

/** The error of a setting, at its place. */
export function configError(node: ManifestNode, key: string, message: string, hint: string): Diagnostic {
  const span = node.configSpans?.[key] ?? node.configSpans?.strategy ?? node.configSpans?.materialized;
  return errorDiagnostic('compile/invalid-config', message, { ...(span && { span }), hint });
}

/** Errors of an option whose names are not all columns of the table. */
export function unknownColumns(
  node: ManifestNode,
  key: string,
  columns: readonly string[],
): readonly Diagnostic[] {
  const names = node.schema.columns.map((column) => column.name);
  const known = new Set(names.map((name) => name.toLowerCase()));
  return columns.flatMap((column) => {
    if (known.has(column.toLowerCase())) return [];
    const close = nearest(column, names);
    const hint = close ? `did you mean "${close}"?` : `its columns are ${names.join(', ')}`;
    const message = `${node.name} has no column "${column}", which its ${key} names.`;
    return [configError(node, key, message, hint)];
  });
}

/** The error of a key that names a column twice. */
export function repeatedColumn(node: ManifestNode, key: string): readonly Diagnostic[] {
  const columns = namesOption(node.config, key);
  const names = columns.map((column) => column.toLowerCase());
  const repeated = columns.find((_, i) => names.indexOf(names[i]!) < i);
  if (repeated === undefined) return [];
  const message = `The ${key} of ${node.name} names "${repeated}" twice (upper and lower case are the same to SQL).`;
  return [configError(node, key, message, 'name each column once')];
}

/** The error of an option that must be there. */
export function missingOption(
  node: ManifestNode,
  key: string,
  why: string,
  example: string,
): readonly Diagnostic[] {
  const value = node.config.options[key];
  if (value !== undefined && !(Array.isArray(value) && value.length === 0)) return [];
  // It was given, and what is wrong with it was said where it was read.
  if (value === undefined && node.configSpans?.[key]) return [];
  return [configError(node, key, `${node.name} needs "${key}": ${why}.`, `write \`${key}: ${example}\``)];
}
