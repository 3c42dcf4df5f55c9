import { own } from '../../util/own.js';
export type FileFormat = 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet' | 'arrow';
export type Compression = 'none' | 'gzip' | 'zstd';

const formatByExtension: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  geojson: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
};

const compressionByExtension: Readonly<Record<string, Compression>> = {
  gz: 'gzip',
  gzip: 'gzip',
  zst: 'zstd',
  zstd: 'zstd',
};

/** Format and compression that a file's name shows; `format` is undefined for an unknown extension. */
export function formatOfName(path: string): {
  readonly format: FileFormat | undefined;
  readonly compression: Compression;
} {
  const extensions = path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .split('.')
    .slice(1);
  const compression = own(compressionByExtension, extensions.at(-1) ?? '');
  if (compression) extensions.pop();
  return { format: own(formatByExtension, extensions.at(-1) ?? ''), compression: compression ?? 'none' };
}

/** Extensions that a format is known by, for messages. */
export const knownExtensions: readonly string[] = Object.keys(formatByExtension).map((e) => `.${e}`);

/** What DuckDB's readers call a compression. */
export const duckdbCompression: Readonly<Record<Compression, string>> = {
  none: 'uncompressed',
  gzip: 'gzip',
  zstd: 'zstd',
};
