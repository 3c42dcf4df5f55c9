import type { DataType, RecordBatch, Vector } from 'apache-arrow';
import { nearest } from '../../util/nearest.js';
import { TransformOutputError } from './transform-output-error.js';

type Arrow = typeof import('apache-arrow');

/** How values of one declared type get into Arrow; the cast to the type itself is DuckDB's. */
interface ValueForm {
  readonly type: (arrow: Arrow) => DataType;
  /** Undefined where the value cannot be one of the type. */
  readonly convert: (value: unknown) => unknown;
}

const whole: ValueForm['convert'] = (value) =>
  typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as bigint) : undefined;
const numeric: ValueForm['convert'] = (value) =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;

const forms: readonly (readonly [RegExp, ValueForm])[] = [
  [
    /^(BOOLEAN|BOOL)$/,
    { type: (a) => new a.Bool(), convert: (v) => (typeof v === 'boolean' ? v : undefined) },
  ],
  [
    /^(TINYINT|SMALLINT|INTEGER|INT|UTINYINT|USMALLINT|UINTEGER|BIGINT|LONG)$/,
    { type: (a) => new a.Int64(), convert: whole },
  ],
  [/^(DOUBLE|FLOAT|REAL)$/, { type: (a) => new a.Float64(), convert: numeric }],
  [
    /^(VARCHAR|TEXT|STRING)$/,
    { type: (a) => new a.Utf8(), convert: (v) => (typeof v === 'string' ? v : undefined) },
  ],
  [
    /^(BLOB|BYTEA)$/,
    { type: (a) => new a.Binary(), convert: (v) => (v instanceof Uint8Array ? v : undefined) },
  ],
];
/** Everything else is text, which DuckDB reads as the type: JSON for lists and structs. */
const asText: ValueForm = { type: (a) => new a.Utf8(), convert: textOf };

/** The declared types whose values are staged as JSON. */
export function isStagedAsJson(type: string): boolean {
  return /[[(]|^MAP|^STRUCT/i.test(type) && !/^(DECIMAL|NUMERIC|VARCHAR|ENUM)/i.test(type);
}

/** Makes record batches of rows, with the columns of one transform. */
export class RowsToArrow {
  readonly #columns: readonly {
    readonly name: string;
    readonly declared: string;
    readonly form: ValueForm;
  }[];
  readonly #names: ReadonlySet<string>;
  readonly #schema: InstanceType<Arrow['Schema']>;
  #rowCount = 0;

  constructor(
    columns: Readonly<Record<string, string>>,
    private readonly arrow: Arrow,
  ) {
    this.#columns = Object.entries(columns).map(([name, declared]) => {
      const form = forms.find(([pattern]) => pattern.test(declared.trim().toUpperCase()))?.[1] ?? asText;
      return { name, declared, form };
    });
    this.#names = new Set(Object.keys(columns));
    this.#schema = new arrow.Schema(
      this.#columns.map(({ name, form }) => new arrow.Field(name, form.type(arrow), true)),
    );
  }

  /** Throws `TransformOutputError` for a value that its column cannot hold. */
  batch(rows: readonly Readonly<Record<string, unknown>>[]): RecordBatch {
    const { arrow } = this;
    for (const row of rows) this.#refuseUnknown(row);
    const children = this.#columns.map(({ name, declared, form }) => {
      const values = rows.map((row, i) => this.#value(row[name], name, declared, form, i));
      const vector = arrow.vectorFromArray(values, form.type(arrow) as never) as unknown as Vector;
      return vector.data[0]!;
    });
    this.#rowCount += rows.length;
    const struct = new arrow.Struct(this.#schema.fields);
    const data = arrow.makeData({ type: struct, length: rows.length, nullCount: 0, children } as never);
    return new arrow.RecordBatch(this.#schema, data as never);
  }

  #value(value: unknown, name: string, declared: string, form: ValueForm, index: number): unknown {
    if (value === null || value === undefined) return null;
    const converted = form.convert(value);
    if (converted !== undefined) return converted;
    const row = (this.#rowCount + index + 1).toLocaleString('en');
    throw new TransformOutputError(
      `Row ${row} has ${shown(value)} in column "${name}", which is ${declared}.`,
    );
  }

  #refuseUnknown(row: Readonly<Record<string, unknown>>): void {
    const unknown = Object.keys(row).find((name) => !this.#names.has(name));
    if (unknown === undefined) return;
    const names = [...this.#names];
    const close = nearest(unknown, names);
    const hint = close === undefined ? `it declares ${names.join(', ')}` : `did you mean "${close}"?`;
    throw new TransformOutputError(`A row has "${unknown}", which is no column of the transform; ${hint}`);
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value === 'object')
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
  return String(value);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return `${typeof value} ${String(value)}`;
}
