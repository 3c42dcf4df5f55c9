import type { SourceColumns } from '../../ports/connector.js';
import type { Column, TableSchema } from '../../schema/table-schema.js';
import type { Compression, FileFormat } from './file-format.js';

/** A column as files have it. */
export interface FoundColumn extends Column {
  /** Paths of it and of what is in it that have no value, as in `SourceColumns`. */
  readonly untyped?: readonly string[];
}

/** CSV files that have the same header. */
export interface CsvPart {
  readonly kind: 'csv';
  readonly files: readonly string[];
  readonly compression: Compression;
  readonly delimiter: string;
  /** Told to DuckDB, which else takes a line break inside the header for how rows end, and finds no rows. */
  readonly newLine?: string;
  /** Lines before the header, or before the first row when there is none. */
  readonly skipRows: number;
  /** The columns of the files, in order. */
  readonly names: readonly string[];
}

export interface JsonPart {
  readonly kind: 'json';
  readonly format: Extract<FileFormat, 'json' | 'ndjson'>;
  readonly files: readonly string[];
  readonly compression: Compression;
}

/** Parquet or Arrow files that have the same columns. */
export interface TypedPart {
  readonly kind: 'parquet' | 'arrow';
  readonly files: readonly string[];
  readonly compression: Compression;
  /** Columns as the files have them. */
  readonly columns: TableSchema['columns'];
}

export type FilePart = CsvPart | JsonPart | TypedPart;

/** How the files of a table are read: plain data, remembered by data key. Paths are as `FoundFile.path`. */
export interface FilePlan {
  readonly schema: SourceColumns;
  readonly parts: readonly FilePart[];
  /** Names of the columns that come from `key=value` folders. */
  readonly partitionColumns: readonly string[];
  /** Name of the column that holds the file's path. */
  readonly filenameColumn?: string;
  /** Name of a column that was asked for besides and holds the path too. */
  readonly pieceColumn?: string;
}
