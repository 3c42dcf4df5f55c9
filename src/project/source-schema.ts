import * as z from 'zod';
import {
  commonKeys,
  compatibilitySchema,
  describedKeys,
  namesSchema,
  typedColumnsSchema,
} from './node-schema.js';

const landingKeys = {
  on_schema_change: z
    .enum(['fail', 'evolve', 'ignore'])
    .optional()
    .describe("What becomes of a change of the source's columns."),
  compatibility: compatibilitySchema.optional(),
};

/** Keys of a source of any connector. */
export const sourceSchema = z.strictObject({
  connector: z.string().min(1).describe('What reads it: file, postgres, ….'),
  description: z.string().optional(),
  ...commonKeys,
  ...landingKeys,
  tables: z.record(z.string(), z.unknown()).describe('Its tables by name; models read them as source.table.'),
});

/** What is left of a source that lacks something. */
export const partialSourceSchema = sourceSchema.partial();

/** Keys of a table of a source of any connector. */
export const sourceTableSchema = z.strictObject({
  ...describedKeys,
  columns: typedColumnsSchema.optional(),
  ...commonKeys,
  ...landingKeys,
  cursor: z
    .string()
    .min(1)
    .optional()
    .describe('Column that grows with every change: only newer rows are read.'),
  primary_key: namesSchema.optional(),
  event_time: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Column that says when a row happened: models that are built by intervals read only those of the interval.',
    ),
});
