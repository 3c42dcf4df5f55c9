import { quoteIdentifier } from '../util/sql-quote.js';
import { exactCast } from './exact-cast.js';
import type { TableSchema } from './table-schema.js';

const advice = 'accept the type that it has now with etl pin';

/**
 * The select list that turns found columns into wanted ones: same name (in any letter case) cast where the
 * type differs, NULL where there is none. A value that the wanted type cannot hold as it is is an error of the
 * query, never a silent NULL or another value.
 */
export function landingProjection(found: TableSchema, wanted: TableSchema): string {
  const byName = new Map(found.columns.map((column) => [column.name.toLowerCase(), column]));
  return wanted.columns
    .map(({ name, type }) => {
      const source = byName.get(name.toLowerCase());
      const value = source ? quoteIdentifier(source.name) : 'NULL';
      if (source?.type === type) return source.name === name ? value : `${value} AS ${quoteIdentifier(name)}`;
      const cast = source ? exactCast(value, source.type, type, name, advice) : `cast(${value} as ${type})`;
      return `${cast} AS ${quoteIdentifier(name)}`;
    })
    .join(', ');
}
