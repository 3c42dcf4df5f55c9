import type { EngineConnection } from '../../ports/engine.js';
import type { ColumnType, TypeField } from '../../schema/column-type.js';
import { quoteList } from '../../util/sql-quote.js';
import type { JsonPart } from './file-plan.js';
import { jsonObjectsSql } from './json-scan.js';
import { jsonPointer } from './json-value.js';
import type { Reading } from './scan-columns.js';

/** The path of the record itself, beside JSON pointers to what is in it. */
export const recordPath = '$';

/** All keys that objects at each of the paths have in any record. A record that is no object is an `EngineError`, or left out in quarantine. */
export async function objectKeys(
  parts: readonly JsonPart[],
  reading: Reading,
  connection: EngineConnection,
  paths: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const otherwise = reading.options.on_bad_row === 'fail' ? ` else error('not an object')` : '';
  const keys = `case when json_type(json) = 'OBJECT' then json_keys(json, ${quoteList(paths)})${otherwise} end`;
  const selects = parts.map((part) => `select ${keys} as k from ${jsonObjectsSql(part, reading)}`);
  const rows = await connection.rows(
    `select distinct i, unnest(k[i]) as key
     from (${selects.join(' union all ')}), (select unnest(range(1, ${paths.length + 1}))::integer as i)`,
  );
  const found = new Map(paths.map((path) => [path, new Set<string>()]));
  for (const row of rows) found.get(paths[(row.i as number) - 1]!)!.add(row.key as string);
  return found;
}

/** The names that the fields of each object have, by path; objects inside lists and maps have no path. */
export function objectFields(columns: readonly TypeField[]): ReadonlyMap<string, ReadonlySet<string>> {
  const fields = new Map([[recordPath, new Set(columns.map((column) => column.name))]]);
  const add = (type: ColumnType, at: string) => {
    if (type.kind !== 'struct') return;
    fields.set(at, new Set(type.fields.map((field) => field.name)));
    for (const field of type.fields) add(field.type, jsonPointer(at, field.name));
  };
  for (const column of columns) add(column.type, jsonPointer('', column.name));
  return fields;
}
