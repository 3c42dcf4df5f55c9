import { columnPath } from '../schema/column-path.js';
import type { SchemaChange } from '../schema/diff-schema.js';

/** One change as a sentence: `Column "amount" of orders changes from BIGINT to DOUBLE.` */
export function describeChange(table: string, change: SchemaChange): string {
  const { path, before, after } = change;
  const isColumn = change.rule.startsWith('column') || path === columnPath.field('', change.column ?? '');
  const what = `${isColumn ? 'Column' : 'Field'} "${path}" of ${table}`;
  switch (change.kind) {
    case 'added':
      return `${what} is added: ${after}.`;
    case 'dropped':
      return `${what} is dropped; it was ${before}.`;
    case 'renamed':
      return `${what} is now called "${after}".`;
    case 'reordered':
      return `The ${path === '' ? 'columns' : `fields of "${path}"`} of ${table} change their order from ${before} to ${after}.`;
    case 'type':
      return `${what} changes from ${before} to ${after}.`;
    case 'nullability':
      return after === 'NOT NULL' ? `${what} becomes NOT NULL.` : `${what} is no longer NOT NULL.`;
    case 'partition':
      return path === ''
        ? `The partition keys of ${table} change from ${before} to ${after}.`
        : `Partition key "${path}" of ${table} changes from ${before} to ${after}.`;
    case 'table':
      return `The project no longer makes ${table}.`;
  }
}
