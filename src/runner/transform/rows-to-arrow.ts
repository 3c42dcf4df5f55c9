import type { RecordBatch, Vector } from 'apache-arrow';
import { nearest } from '../../util/nearest.js';
import { Misfit, shown } from './misfit.js';
import type { OutputColumn } from './output-column.js';
import { rowValue } from './row-value.js';
import { TransformOutputError } from './transform-output-error.js';

type Arrow = typeof import('apache-arrow');
type Row = Readonly<Record<string, unknown>>;

/** Makes record batches of rows, with the columns of one transform. */
export class RowsToArrow {
  readonly #names: ReadonlySet<string>;
  readonly #schema: InstanceType<Arrow['Schema']>;

  constructor(
    private readonly columns: readonly OutputColumn[],
    private readonly arrow: Arrow,
  ) {
    this.#names = new Set(columns.map(({ name }) => name));
    this.#schema = new arrow.Schema(
      columns.map(({ name, arrowType }) => new arrow.Field(name, arrowType(arrow), true)),
    );
  }

  /**
   * Throws `TransformOutputError` for a value that its column cannot hold.
   *
   * @param before how many rows the transform yielded before these
   */
  batch(rows: readonly Row[], before: number): RecordBatch {
    const { arrow } = this;
    const children = this.columns.map((column, c) => {
      const values = columnValues(rows, column, before);
      const vector = arrow.vectorFromArray(values, this.#schema.fields[c]!.type as never);
      return (vector as unknown as Vector).data[0]!;
    });
    const struct = new arrow.Struct(this.#schema.fields);
    const data = arrow.makeData({ type: struct, length: rows.length, nullCount: 0, children } as never);
    return new arrow.RecordBatch(this.#schema, data as never);
  }

  /** Throws `TransformOutputError` for an object that is no row of these columns. */
  check(row: Row): void {
    let count = 0;
    for (const name of Object.keys(row)) {
      if (!this.#names.has(name)) throw this.#unknown(name);
      count++;
    }
    if (count > 0) return;
    const names = [...this.#names].join(', ');
    throw new TransformOutputError(
      `It yielded an object (${row.constructor?.name ?? 'null'}) without any of the columns ${names}.`,
    );
  }

  #unknown(name: string): TransformOutputError {
    const names = [...this.#names];
    const close = nearest(name, names);
    const hint = close === undefined ? `it declares ${names.join(', ')}` : `did you mean "${close}"?`;
    return new TransformOutputError(`A row has "${name}", which is no column of the transform; ${hint}`);
  }
}

function columnValues(
  rows: readonly Row[],
  { name, declared, convert }: OutputColumn,
  before: number,
): unknown[] {
  const values: unknown[] = [];
  try {
    for (const row of rows) {
      const value = rowValue(row, name);
      values.push(value === null || value === undefined ? null : convert(value));
    }
  } catch (thrown) {
    if (!(thrown instanceof Misfit)) throw thrown;
    const row = (before + values.length + 1).toLocaleString('en');
    const place = thrown.path && `at ${thrown.path} `;
    const where = place ? `${place}of column` : 'in column';
    const reason = thrown.reason === undefined ? '' : ` (${thrown.reason})`;
    throw new TransformOutputError(
      `Row ${row} has ${shown(thrown.value)} ${where} "${name}", which is ${declared}${reason}.`,
    );
  }
  return values;
}
