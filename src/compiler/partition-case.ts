import type { NodeConfig } from '../ir/project.js';
import type { Column } from '../schema/table-schema.js';
import { rememberedOf } from '../util/remembered-of.js';

interface Configured {
  readonly config: NodeConfig;
}

const casedOf = rememberedOf<Configured, Configured>();

/**
 * A file whose partition columns are named as the table has them. SQL takes either case for the same column; folders
 * and pins must have that of the files.
 */
export function withPartitionCase<File extends Configured>(file: File, columns: readonly Column[]): File {
  const { config } = file;
  if (config.partitionBy.length === 0) return file;
  const names = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
  const partitionBy = config.partitionBy.map((key) => names.get(key.toLowerCase()) ?? key);
  if (partitionBy.every((key, i) => key === config.partitionBy[i])) return file;
  return casedOf(file, partitionBy.join('\n'), () => ({
    ...file,
    config: { ...config, partitionBy },
  })) as File;
}
