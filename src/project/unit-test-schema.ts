import * as z from 'zod';
import { namesSchema } from './node-schema.js';

const name = z.string().min(1);
const row = z.record(z.string(), z.unknown());
const rows = z.array(row);

/** One test of a model: rows that it is given, and those that it is to make of them. */
const unitTestSchema = z.strictObject({
  name: name.describe('Name of the test in results, and for --select.'),
  model: name.describe('The model that is tested.'),
  description: z.string().optional(),
  tags: namesSchema.optional(),
  enabled: z.boolean().optional().describe('False leaves it out.'),
  vars: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Variables for this test, over those of etl.yml.'),
  batch: z
    .strictObject({ start: name, end: name })
    .optional()
    .describe('The stretch of time of one run, for models with strategy: time_range.'),
  given: z
    .record(z.string(), z.union([rows, z.null()]))
    .optional()
    .describe(
      'Rows by the table that the model reads. Tables that are not named are empty, columns that are not named NULL. Rows of the model itself make it run on top of them.',
    ),
  expect: z
    .union([rows, z.null()])
    .describe('The rows that the model returns, in any order. Only the columns named here are compared.'),
});

/** A file `tests/<name>.yml`. */
export const unitTestFileSchema = z.strictObject({ unit_tests: z.array(unitTestSchema) });
