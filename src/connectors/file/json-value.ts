import { type ColumnType, printType } from '../../schema/column-type.js';
import { quoteIdentifier, quoteString } from '../../util/sql-quote.js';
import { hasZone, type TextFormats } from '../text-types.js';

/**
 * SQL that turns the JSON value `json` into a type, NULL where it does not fit. Keys that are missing are NULL,
 * keys that the type does not have are left out.
 */
export function jsonValueSql(type: ColumnType, json: string, formats: TextFormats, depth = 0): string {
  const text = `(${json} ->> '$')`;
  switch (type.kind) {
    case 'list': {
      const element = jsonValueSql(type.element, `x${depth}`, formats, depth + 1);
      return `case when json_type(${json}) = 'ARRAY' then list_transform(json_extract(${json}, '$[*]'), lambda x${depth}: ${element}) end`;
    }
    case 'struct': {
      const fields = type.fields.map(
        (field) =>
          `${quoteIdentifier(field.name)} := ${jsonValueSql(field.type, fieldSql(json, field.name), formats, depth)}`,
      );
      return `case when json_type(${json}) = 'OBJECT' then struct_pack(${fields.join(', ')}) end`;
    }
    case 'scalar':
      if (type.name === 'JSON') return `case when json_type(${json}) <> 'NULL' then ${json} end`;
      if (type.name === 'VARCHAR') return text;
      return temporalSql(type.name, text, formats) ?? `try_cast(${text} as ${type.name})`;
    case 'map':
      return `try_cast(${json} as ${printType(type)})`;
    default:
      return `try_cast(${text} as ${printType(type)})`;
  }
}

/** SQL that is true where the JSON value `json` is there but does not fit; `false` where every value fits. */
export function jsonMisfitSql(type: ColumnType, json: string, formats: TextFormats, depth = 0): string {
  switch (type.kind) {
    case 'list': {
      const element = jsonMisfitSql(type.element, `x${depth}`, formats, depth + 1);
      const noList = `coalesce(json_type(${json}) not in ('ARRAY', 'NULL'), false)`;
      if (element === 'false') return noList;
      return `(${noList} or coalesce(list_bool_or(list_transform(json_extract(${json}, '$[*]'), lambda x${depth}: ${element})), false))`;
    }
    case 'struct': {
      const fields = type.fields.map((field) =>
        jsonMisfitSql(field.type, fieldSql(json, field.name), formats, depth),
      );
      const noObject = `coalesce(json_type(${json}) not in ('OBJECT', 'NULL'), false)`;
      return `(${[noObject, ...fields.filter((field) => field !== 'false')].join(' or ')})`;
    }
    case 'scalar':
      if (type.name === 'JSON' || type.name === 'VARCHAR') return 'false';
  }
  return `((${json} ->> '$') is not null and ${jsonValueSql(type, json, formats, depth)} is null)`;
}

/** The JSON pointer of a key in an object. */
export function jsonPointer(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function fieldSql(json: string, name: string): string {
  return `json_extract(${json}, ${quoteString(jsonPointer('', name))})`;
}

function temporalSql(type: string, text: string, { date, timestamp }: TextFormats): string | undefined {
  if (type === 'DATE' && date !== undefined)
    return `cast(try_strptime(${text}, ${quoteString(date)}) as date)`;
  if (timestamp === undefined) return undefined;
  const zoned = hasZone(timestamp);
  const parsed = `try_strptime(${text}, ${quoteString(timestamp)})`;
  if (type === 'TIMESTAMP') return zoned ? `timezone('UTC', ${parsed})` : parsed;
  if (type === 'TIMESTAMP WITH TIME ZONE') return zoned ? parsed : `timezone('UTC', ${parsed})`;
  return undefined;
}
