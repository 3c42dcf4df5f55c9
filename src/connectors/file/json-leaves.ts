import { columnPath } from '../../schema/column-path.js';
import type { ColumnType, TypeField } from '../../schema/column-type.js';
import { parseType } from '../../schema/parse-type.js';
import { quoteString } from '../../util/sql-quote.js';
import type { TextFamily } from '../text-types.js';
import { jsonPointer } from './json-value.js';

/** A scalar in a record, of which all records are asked. */
export interface Leaf {
  /** Path of the column or field, as in `SourceColumns`. */
  readonly path: string;
  readonly family: TextFamily;
  /** JSON pointer in the record; absent inside lists and maps. */
  readonly pointer?: string;
  /** SQL that finds one of its texts in the record `json`; NULL where that has none. */
  readonly text: string;
}

/** A way into a value: a key, or all elements of a list, or all values of a map. */
type Step = { readonly key: string } | '$[*]' | '$.*';

const numbers = new Set('TINYINT SMALLINT INTEGER BIGINT HUGEINT UBIGINT FLOAT DOUBLE'.split(' '));
const texts = new Set('VARCHAR DATE TIME TIMESTAMP UUID'.split(' ').concat('TIMESTAMP WITH TIME ZONE'));

/**
 * What is to be tested of a column. Inside lists and maps no type is, but whether there is any value: DuckDB says JSON
 * of what it saw nowhere, as it does of values of different shapes.
 */
export function leavesOf({ name, type }: TypeField): readonly Leaf[] {
  return leavesIn(type, columnPath.field('', name), [{ key: name }]);
}

function leavesIn(type: ColumnType, path: string, steps: readonly Step[]): readonly Leaf[] {
  switch (type.kind) {
    case 'struct':
      return type.fields.flatMap((field) =>
        leavesIn(field.type, columnPath.field(path, field.name), [...steps, { key: field.name }]),
      );
    case 'list':
      return leavesIn(type.element, columnPath.element(path), [...steps, '$[*]']);
    case 'map':
      return leavesIn(type.value, columnPath.value(path), [...steps, '$.*']);
    case 'scalar': {
      const family = familyOf(type.name);
      const pointer = pointerOf(steps);
      if (!family || (pointer === undefined && family !== 'presence')) return [];
      return [{ path, family, ...(pointer !== undefined && { pointer }), text: textSql('json', steps) }];
    }
    default:
      return [];
  }
}

function familyOf(type: string): TextFamily | undefined {
  if (type === 'JSON') return 'presence';
  if (numbers.has(type)) return 'number';
  return texts.has(type) ? 'temporal' : undefined;
}

function pointerOf(steps: readonly Step[]): string | undefined {
  let pointer = '';
  for (const step of steps) {
    if (typeof step === 'string') return undefined;
    pointer = jsonPointer(pointer, step.key);
  }
  return pointer;
}

function textSql(json: string, [step, ...rest]: readonly Step[], depth = 0): string {
  if (step === undefined) return `(${json} ->> '$')`;
  if (typeof step !== 'string')
    return textSql(`json_extract(${json}, ${quoteString(jsonPointer('', step.key))})`, rest, depth);
  const [x, y] = [`x${depth}`, `y${depth}`];
  const found = `list_transform(json_extract(${json}, '${step}'), lambda ${x}: ${textSql(x, rest, depth + 1)})`;
  return `list_filter(${found}, lambda ${y}: ${y} is not null)[1]`;
}

/** Takes the tested types, by path; inside lists and maps texts stay texts. */
export function replaceLeaves(
  type: ColumnType,
  path: string,
  tested: ReadonlyMap<string, string>,
): ColumnType {
  switch (type.kind) {
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field) => ({
          name: field.name,
          type: replaceLeaves(field.type, columnPath.field(path, field.name), tested),
        })),
      };
    case 'list':
      return { kind: 'list', element: replaceLeaves(type.element, columnPath.element(path), tested) };
    case 'map':
      return { kind: 'map', key: type.key, value: replaceLeaves(type.value, columnPath.value(path), tested) };
    case 'scalar': {
      const found = tested.get(path);
      if (found !== undefined) return parseType(found);
      return texts.has(type.name) ? { kind: 'scalar', name: 'VARCHAR' } : type;
    }
    default:
      return type;
  }
}
