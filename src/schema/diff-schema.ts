import { own } from '../util/own.js';
import { columnPath } from './column-path.js';
import { type ColumnType, printType, type TypeField } from './column-type.js';
import type { RuleId } from './compatibility-rules.js';
import { type FieldPairs, pairFields } from './pair-fields.js';
import { parseType } from './parse-type.js';
import type { TableSchema } from './table-schema.js';
import { typeChange } from './type-change.js';

/** A table's schema as its readers see it: the columns, and the keys in the paths of its files. */
export interface TableShape extends TableSchema {
  readonly partitionBy?: readonly string[];
}

/** One difference between two schemas. */
export interface SchemaChange {
  readonly kind:
    | 'added'
    | 'dropped'
    | 'renamed'
    | 'reordered'
    | 'type'
    | 'nullability'
    | 'partition'
    | 'table';
  readonly rule: RuleId;
  /**
   * Path of the column or field, such as `items[].sku`: as it was before, or as it is now for what was
   * added. Empty for the table as a whole.
   */
  readonly path: string;
  /** The column as it was called before; absent for an added column and for the table as a whole. */
  readonly column?: string;
  /** Of what was renamed: its path as it is now. */
  readonly newPath?: string;
  /** What it was and what it is now, for people: a type, a name, or a list of names. */
  readonly before?: string;
  readonly after?: string;
}

export interface DiffOptions {
  /** Old name by the path of a column or field that was renamed: `{ 'customer.name': 'full_name' }`. */
  readonly renames?: Readonly<Record<string, string>>;
}

/** Every difference between two schemas, nested fields included, in the order of the new schema. */
export function diffSchema(
  before: TableShape,
  after: TableShape,
  options: DiffOptions = {},
): readonly SchemaChange[] {
  const diff = new SchemaDiff(options.renames ?? {});
  diff.columns(before, after);
  diff.partitions(before, after);
  return diff.changes;
}

class SchemaDiff {
  readonly changes: SchemaChange[] = [];
  /** The column that is being compared, as it was called before. */
  #column: string | undefined;

  constructor(private readonly renames: Readonly<Record<string, string>>) {}

  columns(before: TableShape, after: TableShape): void {
    const found = pairFields(before.columns, after.columns, (name) =>
      own(this.renames, columnPath.field('', name)),
    );
    const sameType = (b: { type: string }, a: { type: string }) => b.type === a.type;
    const { pairs, dropped, added } = this.#names(
      'column',
      ['', ''],
      before.columns,
      after.columns,
      found,
      sameType,
    );
    for (const { before: b, after: a } of pairs) {
      this.#column = b.name;
      const path = columnPath.field('', b.name);
      const isKey = before.partitionBy?.includes(b.name) && after.partitionBy?.includes(a.name);
      if (!isKey && b.type !== a.type)
        this.#type(path, columnPath.field('', a.name), parseType(b.type), parseType(a.type), false);
      const [wasNullable, isNullable] = [b.nullable !== false, a.nullable !== false];
      if (wasNullable === isNullable) continue;
      this.#add('nullability', isNullable ? 'column-made-nullable' : 'column-made-required', path, {
        before: wasNullable ? 'nullable' : 'NOT NULL',
        after: isNullable ? 'nullable' : 'NOT NULL',
      });
    }
    for (const b of dropped) {
      this.#column = b.name;
      this.#add('dropped', 'column-dropped', columnPath.field('', b.name), { before: b.type });
    }
    this.#column = undefined;
    for (const a of added) {
      const inside = !isBehindAllKept(a, after.columns, added);
      const rule =
        a.nullable === false
          ? 'column-added-required'
          : inside
            ? 'column-added-inside'
            : 'column-added-nullable';
      const type = a.nullable === false ? `${a.type} NOT NULL` : a.type;
      this.#add('added', rule, columnPath.field('', a.name), { after: type });
    }
  }

  partitions(before: TableShape, after: TableShape): void {
    const [was, is] = [before.partitionBy ?? [], after.partitionBy ?? []];
    this.#column = undefined;
    if (was.join('\0') !== is.join('\0')) {
      const sameKeys = [...was].sort().join('\0') === [...is].sort().join('\0');
      this.#add('partition', sameKeys ? 'partition-order-changed' : 'partition-keys-changed', '', {
        before: nameList(was),
        after: nameList(is),
      });
    }
    for (const key of was.filter((name) => is.includes(name))) {
      const [b, a] = [before, after].map((shape) => shape.columns.find(({ name }) => name === key)?.type);
      if (b === undefined || a === undefined || canonical(b) === canonical(a)) continue;
      this.#column = key;
      this.#add('partition', 'partition-type-changed', columnPath.field('', key), { before: b, after: a });
    }
  }

  /** What changes between two types; paths are those of the old and of the new schema. */
  #type(path: string, newPath: string, before: ColumnType, after: ColumnType, inKey: boolean): void {
    const rule = typeChange(before, after);
    if (rule) {
      this.#add('type', rule, path, { before: printType(before), after: printType(after) });
    } else if (before.kind === 'struct' && after.kind === 'struct') {
      this.#fields(path, newPath, before.fields, after.fields, inKey);
    } else if (before.kind === 'map' && after.kind === 'map') {
      this.#type(columnPath.key(path), columnPath.key(newPath), before.key, after.key, true);
      this.#type(columnPath.value(path), columnPath.value(newPath), before.value, after.value, inKey);
    } else if ('element' in before && 'element' in after) {
      this.#type(columnPath.element(path), columnPath.element(newPath), before.element, after.element, inKey);
    }
  }

  #fields(
    path: string,
    newPath: string,
    before: readonly TypeField[],
    after: readonly TypeField[],
    inKey: boolean,
  ): void {
    if (before.some(({ name }) => name === '') || after.some(({ name }) => name === '')) {
      this.#unnamedFields(path, before, after);
      return;
    }
    const found = pairFields(before, after, (name) => own(this.renames, columnPath.field(newPath, name)));
    const sameType = (b: TypeField, a: TypeField) => printType(b.type) === printType(a.type);
    const { pairs, dropped, added } = this.#names('field', [path, newPath], before, after, found, sameType);
    for (const { before: b, after: a } of pairs) {
      this.#type(columnPath.field(path, b.name), columnPath.field(newPath, a.name), b.type, a.type, inKey);
    }
    for (const b of dropped) {
      const rule = inKey ? 'map-key-changed' : 'field-dropped';
      this.#add('dropped', rule, columnPath.field(path, b.name), { before: printType(b.type) });
    }
    for (const a of added) {
      const atEnd = isBehindAllKept(a, after, added);
      const rule = inKey ? 'map-key-changed' : atEnd ? 'field-added' : 'field-added-inside';
      this.#add('added', rule, columnPath.field(newPath, a.name), { after: printType(a.type) });
    }
  }

  #unnamedFields(path: string, before: readonly TypeField[], after: readonly TypeField[]): void {
    const [b, a] = [before, after].map((fields) => printType({ kind: 'struct', fields }));
    if (b !== a) this.#add('type', 'type-changed', path, { before: b!, after: a! });
  }

  /** Renames and order, which columns and struct fields have in common. */
  #names<F extends { readonly name: string }>(
    level: 'column' | 'field',
    [path, newPath]: readonly [before: string, after: string],
    before: readonly F[],
    after: readonly F[],
    found: FieldPairs<F, F>,
    sameType: (before: F, after: F) => boolean,
  ): FieldPairs<F, F> {
    for (const { before: b, after: a, by } of found.pairs) {
      if (by === 'name') continue;
      if (level === 'column') this.#column = b.name;
      const rule =
        by === 'rename' ? (`${level}-renamed-declared` as const) : (`${level}-case-changed` as const);
      this.#add(
        'renamed',
        b.name === a.name ? `${level}-renamed-declared` : rule,
        columnPath.field(path, b.name),
        { before: b.name, after: a.name, newPath: columnPath.field(newPath, a.name) },
      );
    }
    // Nobody declared it, but a column of the same type in the same place under a new name is a rename.
    const guessed = found.dropped.flatMap((b) => {
      const a = after[before.indexOf(b)];
      return a && found.added.includes(a) && sameType(b, a) ? [{ before: b, after: a }] : [];
    });
    for (const { before: b, after: a } of guessed) {
      if (level === 'column') this.#column = b.name;
      this.#add('renamed', `${level}-renamed`, columnPath.field(path, b.name), {
        before: b.name,
        after: a.name,
        newPath: columnPath.field(newPath, a.name),
      });
    }
    const order = found.pairs.map((pair) => before.indexOf(pair.before));
    if (order.some((position, i) => i > 0 && position < order[i - 1]!)) {
      if (level === 'column') this.#column = undefined;
      this.#add('reordered', level === 'column' ? 'columns-reordered' : 'fields-reordered', path, {
        before: nameList(
          before.filter((b) => found.pairs.some((pair) => pair.before === b)).map((b) => b.name),
        ),
        after: nameList(found.pairs.map((pair) => pair.before.name)),
      });
    }
    return {
      pairs: found.pairs,
      dropped: found.dropped.filter((b) => !guessed.some((guess) => guess.before === b)),
      added: found.added.filter((a) => !guessed.some((guess) => guess.after === a)),
    };
  }

  #add(
    kind: SchemaChange['kind'],
    rule: RuleId,
    path: string,
    values: Pick<SchemaChange, 'before' | 'after' | 'newPath'>,
  ): void {
    const column = this.#column;
    this.changes.push({ kind, rule, path, ...(column !== undefined && { column }), ...values });
  }
}

function isBehindAllKept<F>(field: F, all: readonly F[], added: readonly F[]): boolean {
  return all.slice(all.indexOf(field)).every((later) => added.includes(later));
}

function nameList(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => columnPath.field('', name)).join(', ');
}

function canonical(type: string): string {
  return printType(parseType(type));
}
