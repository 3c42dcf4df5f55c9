import { emptyRecord, own } from '../util/own.js';
import { columnPath } from './column-path.js';
import type { ColumnType } from './column-type.js';
import { type CompatibilityMode, isTransitive } from './compatibility.js';
import { type DiffOptions, diffSchema, type TableShape } from './diff-schema.js';
import { pairFields } from './pair-fields.js';
import { parseType } from './parse-type.js';
import type { Column } from './table-schema.js';

/** A column as a pin holds it. */
export interface PinnedColumn extends Column {
  readonly nullable: boolean;
  readonly fieldId: number;
  readonly nestedIds: Readonly<Record<string, number>>;
}

/** One schema that readers could rely on. */
export interface PinnedSchema extends TableShape {
  readonly columns: readonly PinnedColumn[];
  readonly partitionBy: readonly string[];
}

/** What `schemas/<table>.yml` holds: the schema that the readers of a table rely on. */
export interface Pin extends PinnedSchema {
  readonly table: string;
  readonly mode: CompatibilityMode;
  /** The highest field id ever given: ids are counted up from it and never used again. */
  readonly lastFieldId: number;
  /** Earlier schemas, newest first; kept only for the transitive modes. */
  readonly history: readonly PinnedSchema[];
}

/** The pin of a table that has none yet: every id is still to be given. */
export function emptyPin(table: string, mode: CompatibilityMode): Pin {
  return { table, mode, columns: [], partitionBy: [], lastFieldId: 0, history: [] };
}

/**
 * Moves a pin to a new schema. Columns and fields that it knows, by declared rename or by name, keep their
 * ids; others get the next ones, which were never used. The old schema joins the history where the mode
 * needs it.
 */
export function updatePin(pin: Pin, schema: TableShape, options: DiffOptions = {}): Pin {
  const ids = new FieldIds(pin.lastFieldId, options.renames ?? {});
  const columns = ids.columns(pin.columns, schema.columns);
  const partitionBy = schema.partitionBy ?? [];
  const changed = diffSchema(pin, { columns, partitionBy }).length > 0;
  const keepOld = isTransitive(pin.mode) && changed && pin.columns.length > 0;
  const old: PinnedSchema = { columns: pin.columns, partitionBy: pin.partitionBy };
  return {
    table: pin.table,
    mode: pin.mode,
    columns,
    partitionBy,
    lastFieldId: ids.last,
    history: keepOld ? [old, ...pin.history] : isTransitive(pin.mode) ? pin.history : [],
  };
}

class FieldIds {
  constructor(
    public last: number,
    private readonly renames: Readonly<Record<string, string>>,
  ) {}

  columns(before: readonly PinnedColumn[], after: readonly Column[]): readonly PinnedColumn[] {
    // Ids decide what is one column; those of `after` are not the pin's own and say nothing here.
    const named = after.map(({ name }) => ({ name }));
    const { pairs } = pairFields(before, named, (name) => own(this.renames, columnPath.field('', name)));
    return after.map((column, i) => {
      const old = pairs.find((pair) => pair.after === named[i])?.before;
      const fieldId = old?.fieldId ?? this.#next();
      const nestedIds = emptyRecord<number>();
      const path = columnPath.field('', column.name);
      this.#nested(
        nestedIds,
        old?.nestedIds ?? {},
        [old && parseType(old.type), ''],
        parseType(column.type),
        path,
        '',
      );
      const { name, type, nullable = true } = column;
      return { name, type, nullable, fieldId, nestedIds };
    });
  }

  /** Gives ids to what is inside a type. `old` is the type that had ids, with its path; `full` is for renames. */
  #nested(
    ids: Record<string, number>,
    oldIds: Readonly<Record<string, number>>,
    [old, oldPath]: readonly [ColumnType | undefined, string],
    type: ColumnType,
    full: string,
    path: string,
  ): void {
    const give = (
      part: 'element' | 'key' | 'value',
      oldType: ColumnType | undefined,
      newType: ColumnType,
    ) => {
      const [at, oldAt] = [columnPath[part](path), columnPath[part](oldPath)];
      ids[at] = (oldType && own(oldIds, oldAt)) ?? this.#next();
      this.#nested(ids, oldIds, [oldType, oldAt], newType, columnPath[part](full), at);
    };
    if (type.kind === 'list') {
      give('element', old?.kind === 'list' ? old.element : undefined, type.element);
    } else if (type.kind === 'map') {
      give('key', old?.kind === 'map' ? old.key : undefined, type.key);
      give('value', old?.kind === 'map' ? old.value : undefined, type.value);
    } else if (type.kind === 'struct') {
      const oldFields = old?.kind === 'struct' ? old.fields : [];
      const { pairs } = pairFields(oldFields, type.fields, (name) =>
        own(this.renames, columnPath.field(full, name)),
      );
      for (const field of type.fields) {
        const oldField = pairs.find((pair) => pair.after === field)?.before;
        const at = columnPath.field(path, field.name);
        const oldAt = oldField ? columnPath.field(oldPath, oldField.name) : '';
        ids[at] = (oldField && own(oldIds, oldAt)) ?? this.#next();
        this.#nested(
          ids,
          oldIds,
          [oldField?.type, oldAt],
          field.type,
          columnPath.field(full, field.name),
          at,
        );
      }
    }
  }

  #next(): number {
    this.last += 1;
    return this.last;
  }
}
