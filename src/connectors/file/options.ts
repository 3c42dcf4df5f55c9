import * as z from 'zod';
import type { SourceTable } from '../../ir/project.js';
import { rememberedOf } from '../../util/remembered-of.js';

/** Settings that a source may give for all of its tables. */
const sharedOptions = {
  format: z
    .enum(['csv', 'tsv', 'json', 'ndjson', 'parquet', 'arrow'])
    .optional()
    .describe('Format of the files. Default: by extension.'),
  compression: z
    .enum(['none', 'gzip', 'zstd'])
    .optional()
    .describe('Compression around the files. Default: by extension (`.gz`, `.zst`).'),
  on_bad_row: z
    .enum(['fail', 'quarantine'])
    .default('fail')
    .describe(
      'What becomes of a row that cannot be read: `fail` the landing, or put it into `<table>__rejected`.',
    ),
  allow_empty: z
    .boolean()
    .default(false)
    .describe('Whether no matching file is an empty table instead of an error. Needs `columns`.'),
  infer_columns: z
    .boolean()
    .default(true)
    .describe(
      'Whether columns that `columns` does not name are landed too, with types found in the data. CSV and TSV keep every column of the header either way.',
    ),
  union_by_name: z
    .boolean()
    .default(true)
    .describe('Whether files may have different columns; those that a file lacks are NULL.'),
  filename: z
    .union([z.boolean(), z.string().min(1)])
    .default(false)
    .describe('Adds a column with the path of the file: `true` calls it `filename`, a text gives its name.'),
  hive_partitioning: z
    .boolean()
    .default(false)
    .describe(
      'Adds a column for each `key=value` folder of the path. VARCHAR unless `columns` says otherwise.',
    ),
  delimiter: z
    .string()
    .min(1)
    .max(4)
    .optional()
    .describe(
      'Field delimiter. Default: tab for TSV; otherwise the one of `,` `;` tab `|` that the header has most of.',
    ),
  header: z.boolean().default(true).describe('Whether the first row holds the names. CSV and TSV.'),
  quote: z.string().max(1).default('"').describe('Quote character; an empty text for none. CSV and TSV.'),
  escape: z
    .string()
    .max(1)
    .optional()
    .describe('Character before a quote inside quotes. Default: the quote itself. CSV and TSV.'),
  null_values: z.array(z.string()).default(['']).describe('Unquoted texts that mean NULL. CSV and TSV.'),
  quoted_nulls: z
    .boolean()
    .default(false)
    .describe('Whether `null_values` count inside quotes too, so that `""` is NULL. CSV and TSV.'),
  encoding: z
    .enum(['utf-8', 'utf-16', 'latin-1'])
    .default('utf-8')
    .describe('Character encoding. CSV and TSV.'),
  skip_rows: z.int().min(0).default(0).describe('Lines before the header that are not read. CSV and TSV.'),
  date_format: z
    .string()
    .min(1)
    .optional()
    .describe('strptime format of dates, such as `%d.%m.%Y`. Default: ISO 8601. CSV, TSV, JSON and NDJSON.'),
  timestamp_format: z
    .string()
    .min(1)
    .optional()
    .describe('strptime format of timestamps. Default: ISO 8601. CSV, TSV, JSON and NDJSON.'),
  max_record_mb: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'The longest row or JSON record that is accepted, in megabytes. Default: 2 for CSV and TSV, 16 for JSON and NDJSON.',
    ),
};

/** Keys that a source of connector `file` may have: defaults of its tables. */
export const fileSourceOptions = z.strictObject(sharedOptions).partial();

/** Keys that each of its tables may have. */
export const fileTableOptions = z.strictObject({
  path: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe(
      'Path or glob of the files, or a list of them; relative to the project. `*`, `?`, `[a-z]`, `{a,b}` and `**`.',
    ),
  ...sharedOptions,
});

/** A table's options, validated and with defaults. */
export interface FileOptions extends Omit<z.output<typeof fileTableOptions>, 'path' | 'escape'> {
  readonly path: readonly string[];
  readonly escape: string;
  /** Declared DuckDB types by column name, in the order in which they were written. */
  readonly columns: Readonly<Record<string, string>>;
}

const optionsOf = rememberedOf<SourceTable, FileOptions>();

/** Reads the options of a table, which the project has validated already. */
export function readFileOptions(table: SourceTable): FileOptions {
  return optionsOf(table, '', () => fileOptions(table));
}

function fileOptions({ options, columnTypes }: SourceTable): FileOptions {
  const { path, ...rest } = fileTableOptions.parse(options, { jitless: true });
  return {
    ...rest,
    path: typeof path === 'string' ? [path] : path,
    escape: rest.escape ?? rest.quote,
    columns: columnTypes,
  };
}
