import { type ColumnType, printType, type TypeField } from '../../schema/column-type.js';
import { blobText } from '../../util/blob-text.js';
import { Misfit, misfitAt } from './misfit.js';
import { rowValue } from './row-value.js';
import { integerRanges, scalarCheck } from './scalar-values.js';

/** The JSON of a value that DuckDB reads as one type. Throws a `Misfit`. */
export type JsonWriter = (value: unknown) => string;

/**
 * The writer of one type. Lists, structs and maps go into DuckDB as JSON; a map is written as a list of keys and
 * values, since JSON's own keys are always text.
 */
export function jsonWriter(type: ColumnType): JsonWriter {
  const write = writerOf(type);
  return (value) => (value === null || value === undefined ? 'null' : write(value));
}

function writerOf(type: ColumnType): JsonWriter {
  switch (type.kind) {
    case 'list':
      return listWriter(type.element, undefined);
    case 'array':
      return listWriter(type.element, type.size);
    case 'struct':
      return structWriter(type.fields);
    case 'map':
      return mapWriter(type.key, type.value);
    default:
      return scalarWriter(type);
  }
}

function scalarWriter(type: ColumnType): JsonWriter {
  const check = scalarCheck(type);
  if (type.kind === 'scalar' && type.name === 'JSON') {
    return (value) => JSON.stringify(wellFormedJson(check(value) as string, value));
  }
  return (value) => {
    const checked = check(value);
    switch (typeof checked) {
      case 'number':
        if (Object.is(checked, -0)) return '-0.0';
        return Number.isFinite(checked) ? JSON.stringify(checked) : `"${checked}"`;
      case 'bigint':
        return `"${checked}"`;
      case 'boolean':
        return String(checked);
      case 'string':
        // Half a character becomes what it becomes outside of JSON, which has no way to write it.
        return JSON.stringify(checked.replace(/\p{Surrogate}/gu, '\uFFFD'));
      default:
        return JSON.stringify(blobText(checked));
    }
  };
}

function wellFormedJson(text: string, value: unknown): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new Misfit(value, 'it is no JSON');
  }
}

function listWriter(element: ColumnType, size: number | undefined): JsonWriter {
  const write = jsonWriter(element);
  return (value) => {
    const items = itemsOf(value);
    if (size !== undefined && items.length !== size) {
      throw new Misfit(value, `it has ${items.length} elements`);
    }
    const written: string[] = [];
    try {
      for (const item of items) written.push(write(item));
    } catch (thrown) {
      throw misfitAt(`[${written.length}]`, thrown);
    }
    return `[${written.join(',')}]`;
  };
}

/** Arrays, typed arrays, sets, and the vectors of Arrow's columns. */
function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const isList = typeof value === 'object' && value !== null && Symbol.iterator in value;
  if (!isList || value instanceof Map) throw new Misfit(value);
  return Array.from(value as Iterable<unknown>);
}

function structWriter(fields: readonly TypeField[]): JsonWriter {
  const writers = fields.map(({ name, type }) => ({
    name,
    key: JSON.stringify(name),
    write: jsonWriter(type),
  }));
  const names = new Set(fields.map(({ name }) => name));
  return (value) => {
    const given = fieldsOf(value);
    for (const name of Object.keys(given)) {
      if (!names.has(name)) throw new Misfit(value, `it has "${name}", which is no field`);
    }
    let written = '';
    for (const { name, key, write } of writers) {
      try {
        written += `${written && ','}${key}:${write(rowValue(given, name))}`;
      } catch (thrown) {
        throw misfitAt(`.${name}`, thrown);
      }
    }
    return `{${written}}`;
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isPlain || value instanceof Map || value instanceof Date || value instanceof Promise) {
    throw new Misfit(value);
  }
  // A row of Arrow's is a proxy, which has its fields only as JSON.
  const { toJSON } = value as { toJSON?: () => Readonly<Record<string, unknown>> };
  return typeof toJSON === 'function' ? toJSON.call(value) : (value as Record<string, unknown>);
}

function mapWriter(key: ColumnType, value: ColumnType): JsonWriter {
  const writeKey = jsonWriter(key);
  const writeValue = jsonWriter(value);
  const fromText = keyFromText(key);
  return (map) => {
    const written = new Map<string, string>();
    for (const [one, item] of entriesOf(map, fromText)) {
      if (one === null || one === undefined) throw new Misfit(map, 'a key is null');
      let name: string;
      try {
        name = writeKey(one);
      } catch (thrown) {
        throw thrown instanceof Misfit ? new Misfit(one, `it is a key of type ${printType(key)}`) : thrown;
      }
      if (written.has(name)) throw new Misfit(map, `it has the key ${name} twice`);
      try {
        written.set(name, writeValue(item));
      } catch (thrown) {
        throw misfitAt(`[${name}]`, thrown);
      }
    }
    return `[${[...written].map(([name, item]) => `{"key":${name},"value":${item}}`).join(',')}]`;
  };
}

/** A map is a `Map`, a list of `{ key, value }` as it comes in, or an object whose keys are text. */
function* entriesOf(map: unknown, fromText: (key: string) => unknown): Iterable<readonly [unknown, unknown]> {
  if (map instanceof Map) {
    yield* map;
  } else if (typeof map === 'object' && map !== null && Symbol.iterator in map) {
    for (const entry of map as Iterable<unknown>) {
      const { key, value, ...others } = fieldsOf(entry) as { key?: unknown; value?: unknown };
      if (Object.keys(others).length > 0) throw new Misfit(map, 'its elements are not { key, value }');
      yield [key, value];
    }
  } else {
    for (const [key, value] of Object.entries(fieldsOf(map))) yield [fromText(key), value];
  }
}

/** What an object's key, which is always text, stands for. */
function keyFromText(type: ColumnType): (key: string) => unknown {
  const name = type.kind === 'scalar' ? type.name : '';
  if (name in integerRanges) return (key) => (/^-?\d+$/.test(key) ? BigInt(key) : key);
  if (name === 'DOUBLE' || name === 'FLOAT') return (key) => (key.trim() === '' ? key : Number(key));
  if (name === 'BOOLEAN') return (key) => (key === 'true' ? true : key === 'false' ? false : key);
  return (key) => key;
}
