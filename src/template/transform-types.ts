/** One column of an input batch. */
export interface InputColumn<Value> extends Iterable<Value> {
  readonly length: number;
  get(index: number): Value;
}

/**
 * An Arrow record batch with the columns of a table or query, typed. Its values are those that the types of the
 * project say: 64-bit integers are bigint; DECIMAL, DATE, TIMESTAMP and what else JavaScript has no type for are text.
 */
export interface InputBatch<Row> extends Iterable<Row> {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild<Name extends Extract<keyof Row, string>>(name: Name): InputColumn<Row[Name]> | null;
  get(index: number): Row | null;
  toArray(): readonly Row[];
}

/** A row as a transform yields it. */
export type OutputRow<Columns extends Readonly<Record<string, string>>> = {
  readonly [Name in keyof Columns]: OutputValue<Uppercase<Columns[Name]>> | null | undefined;
};

type Small = 'TINYINT' | 'SMALLINT' | 'INTEGER' | 'INT' | 'UTINYINT' | 'USMALLINT' | 'UINTEGER';
type Large = 'BIGINT' | 'UBIGINT' | 'LONG';
type Text = 'VARCHAR' | 'TEXT' | 'STRING' | 'UUID' | 'INTERVAL';

/** An array, a typed array or a set; a string is none. */
type Items<Item> = readonly Item[] | (Iterable<Item> & object);

/** What may be given for a column of a DuckDB type. */
type OutputValue<Type extends string> = Type extends 'BOOLEAN' | 'BOOL'
  ? boolean
  : Type extends 'DOUBLE' | 'FLOAT' | 'REAL'
    ? number
    : Type extends Small | Large
      ? bigint | number
      : Type extends 'HUGEINT' | 'INT128' | `DECIMAL${string}` | `NUMERIC${string}`
        ? string | number | bigint
        : Type extends Text
          ? string
          : Type extends 'DATE' | `TIME${string}`
            ? string | Date
            : Type extends 'BLOB' | 'BYTEA'
              ? Uint8Array | string
              : Type extends 'JSON'
                ? string | number | boolean | object
                : Type extends `${infer Element}[]` | `${infer Element}[${number}]`
                  ? Items<OutputValue<Element> | null>
                  : unknown;
