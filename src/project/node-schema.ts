import * as z from 'zod';
import { compatibilityModes } from '../schema/compatibility.js';
import { severitySchema, testSchema, thresholdSchema } from './test-schema.js';

const text = z.string();
const name = z.string().min(1);

/** A name or a list of names; always a list once it is read. */
export const namesSchema = z
  .union([name, z.array(name)])
  .transform((value) => (Array.isArray(value) ? value : [value]));

export const metaSchema = z.record(z.string(), z.unknown()).describe('Free notes for other tools.');

const columnConfig = z.strictObject({
  description: text.optional(),
  tests: z.array(testSchema).optional(),
  renamed_from: name
    .optional()
    .describe('The name that consumers of the table know the column by until now.'),
});

export const columnsSchema = z
  .record(z.string(), z.union([columnConfig, z.null()]))
  .describe('Descriptions and tests of columns, by name.');

export const typedColumnsSchema = z
  .record(z.string(), z.union([name, columnConfig.extend({ type: name.optional() }), z.null()]))
  .describe('Columns by name: the DuckDB type, or a map with type, description and tests.');

export const compatibilitySchema = z
  .enum(compatibilityModes)
  .describe('Which changes of its schema the consumers of the table accept. Default: forward.');

/** Keys that describe any node. */
export const describedKeys = {
  description: text.optional(),
  columns: columnsSchema.optional(),
  tests: z.array(testSchema).optional().describe('Data tests over the whole table.'),
};

/** Keys of any node that can have defaults by folder. */
export const commonKeys = {
  tags: namesSchema.optional().describe('For selection: etl build --select tag:daily.'),
  enabled: z.boolean().optional().describe('False leaves it out of the project.'),
  meta: metaSchema.optional(),
};

/** Keys of a node whose rows this project makes. */
export const storedKeys = {
  partition_by: namesSchema.optional().describe('Columns whose values become folders.'),
  publish: z
    .union([
      z.boolean(),
      z.strictObject({ to: name.optional(), path: name.optional(), overwrite: z.boolean().optional() }),
    ])
    .optional()
    .describe('Project each committed version to a plain folder of Parquet files.'),
  compatibility: compatibilitySchema.optional(),
};

/** Keys that choose and steer a model's materialization. All but `materialized` are read as options. */
export const materializationKeys = {
  strategy: z
    .enum(['append', 'merge', 'overwrite_partitions', 'time_range', 'timestamp', 'check'])
    .optional(),
  unique_key: namesSchema.optional(),
  order_by: namesSchema.optional(),
  cluster_by: namesSchema.optional().describe('Columns by which rows are sorted in their files.'),
  event_time: name.optional().describe('The column that says when a row happened.'),
  interval: z.enum(['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year']).optional(),
  begin: name.optional().describe('The first moment to build, such as 2024-01-01.'),
  lookback: z.int().min(0).optional().describe('Intervals that are built again for late rows.'),
  late_rows: z
    .enum(['warn', 'build'])
    .optional()
    .describe(
      'What a build does about intervals behind the lookback whose input rows changed. Default: warn.',
    ),
  batch_size: z.int().min(1).optional().describe('Intervals a statement.'),
  on_schema_change: z.enum(['fail', 'append_new_columns', 'sync_all_columns', 'ignore']).optional(),
  full_refresh: z.boolean().optional().describe('False protects the table from --full-refresh.'),
  updated_at: name.optional(),
  check_columns: namesSchema.optional().describe('Columns to compare, or "all".'),
  hard_deletes: z.enum(['ignore', 'invalidate', 'new_record']).optional(),
};

/** Keys that a folder of models can give defaults for. `materializations` are the names that exist. */
export function modelDefaultsSchema(materializations: readonly string[]) {
  return z.strictObject({
    materialized: z.enum(materializations as [string, ...string[]]).optional(),
    ...commonKeys,
    ...storedKeys,
    ...materializationKeys,
  });
}

/** The front matter of a model. */
export function modelSchema(materializations: readonly string[]) {
  return modelDefaultsSchema(materializations).extend(describedKeys);
}

export const seedDefaultsSchema = z.strictObject({ ...commonKeys, ...storedKeys });

/** `seeds/<name>.yml`, beside the CSV file. */
export const seedSchema = seedDefaultsSchema.extend({
  ...describedKeys,
  columns: typedColumnsSchema.optional(),
});

/** The front matter of a file under `tests/`. */
export const testFileSchema = z.strictObject({
  description: text.optional(),
  tags: namesSchema.optional(),
  enabled: z.boolean().optional(),
  severity: severitySchema.optional(),
  warn_if: thresholdSchema.optional(),
  error_if: thresholdSchema.optional(),
});
