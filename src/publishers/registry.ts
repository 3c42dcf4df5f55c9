import type { Publisher } from '../ports/publisher.js';
import { parquetFolder } from './parquet-folder.js';

/** Every publisher, by name. */
export const publishers = {
  'parquet-folder': parquetFolder,
} as const satisfies Readonly<Record<string, Publisher>>;
