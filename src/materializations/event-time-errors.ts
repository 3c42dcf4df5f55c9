import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import { configError, textOption, unknownColumns } from './read-options.js';

/** Errors of the column that says when the rows of a node happened, whatever becomes of them. */
export function eventTimeErrors(node: ManifestNode): readonly Diagnostic[] {
  const eventTime = textOption(node.config, 'event_time');
  if (eventTime === undefined) return [];
  const column = node.schema.columns.find(({ name }) => name.toLowerCase() === eventTime.toLowerCase());
  if (!column) return unknownColumns(node, 'event_time', [eventTime]);
  if (/^(DATE|TIMESTAMP)/.test(column.type)) return [];
  const message = `"${column.name}" of ${node.name} is ${column.type}; an event_time is a date or a timestamp.`;
  const hint =
    node.kind === 'model'
      ? 'cast it, such as cast(… as TIMESTAMP)'
      : `give it a type, such as \`columns: { ${column.name}: TIMESTAMP }\``;
  return [configError(node, 'event_time', message, hint)];
}
