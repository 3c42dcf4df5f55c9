import type { Pin } from '../schema/pin.js';
import type { TableSchema } from '../schema/table-schema.js';

/** A schema whose columns carry the field ids of its pin, for the files that are written with it. */
export function withFieldIds({ columns }: TableSchema, pin: Pin): TableSchema {
  const pinned = new Map(pin.columns.map((column) => [column.name, column]));
  return {
    columns: columns.map((column) => {
      const { fieldId, nestedIds } = pinned.get(column.name) ?? {};
      if (fieldId === undefined) return column;
      const hasInside = nestedIds !== undefined && Object.keys(nestedIds).length > 0;
      return { ...column, fieldId, ...(hasInside && { nestedIds }) };
    }),
  };
}
