import * as z from 'zod';
import type { TestAssertion } from '../ir/project.js';

export const testKinds = [
  'not_null',
  'unique',
  'accepted_values',
  'relationships',
  'expression',
  'row_count',
  'freshness',
] as const;

const name = z.string().min(1);
const names = z.union([name, z.array(name).min(1)]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const thresholdSchema = z
  .string()
  .regex(/^\s*(=|!=|<>|<=?|>=?)\s*\d+\s*$/, 'must compare the number of failing rows, such as "> 10"')
  .describe('Condition on the number of failing rows, such as "> 10".');

export const severitySchema = z.enum(['error', 'warn']);

const settings = {
  name: name.optional().describe('Name of the test in results. Default: made from what it tests.'),
  severity: severitySchema.optional().describe('Whether failing rows fail the run. Default: error.'),
  where: name.optional().describe('SQL condition: only rows that meet it are tested.'),
  warn_if: thresholdSchema.optional(),
  error_if: thresholdSchema.optional(),
};

/** Of DuckDB's intervals, what says how old rows may be. */
export const durationPattern = /^\s*(\d+)\s*(minute|hour|day|week)s?\s*$/;
const duration = z
  .string()
  .regex(durationPattern, 'must be a time such as "12 hours", in minutes, hours, days or weeks');

const columnList = z.strictObject({ columns: names.optional(), ...settings });
const bound = z.int().min(0).optional();

/** One data test as it is written: the name of a test, an SQL expression, or a map with one test and its settings. */
export const testSchema = z.union([
  name,
  z
    .strictObject({
      not_null: z.union([names, columnList, z.null()]).optional(),
      unique: z.union([names, columnList, z.null()]).optional(),
      accepted_values: z
        .union([z.array(scalar).min(1), z.strictObject({ values: z.array(scalar).min(1), ...settings })])
        .optional(),
      relationships: z
        .strictObject({
          to: name.describe("The other table: a model's or seed's name, or source.table."),
          field: name.describe('The column of the other table.'),
          ...settings,
        })
        .optional(),
      expression: z.union([name, z.strictObject({ expression: name, ...settings })]).optional(),
      row_count: z
        .strictObject({ min: bound, max: bound, ...settings })
        .refine(({ min, max }) => min !== undefined || max !== undefined, 'must have "min", "max" or both')
        .meta({ anyOf: [{ required: ['min'] }, { required: ['max'] }] })
        .optional(),
      freshness: z
        .strictObject({
          column: name
            .optional()
            .describe('When a row came or changed. Default: the column that the test stands under.'),
          warn_after: duration.optional().describe('Warns when the newest row is older than that.'),
          error_after: duration.optional().describe('Fails when the newest row is older than that.'),
          name: settings.name,
          where: settings.where,
        })
        .refine(
          ({ warn_after, error_after }) => warn_after !== undefined || error_after !== undefined,
          'must have "warn_after", "error_after" or both',
        )
        .meta({ anyOf: [{ required: ['warn_after'] }, { required: ['error_after'] }] })
        .optional(),
      ...settings,
    })
    .refine((test) => testKinds.filter((kind) => test[kind] !== undefined).length === 1, {
      error: `must have exactly one of ${testKinds.join(', ')}`,
    })
    // What a refinement checks, a JSON Schema has to be told.
    .meta({ oneOf: testKinds.map((kind) => ({ required: [kind] })) }),
]);

export type WrittenTest = z.infer<typeof testSchema>;

/** One test with its settings. */
export type TestMap = Exclude<WrittenTest, string>;

/** What a test as it is written asserts, or what is wrong with it. */
export type TestReading =
  | TestAssertion
  | { readonly problem: string; readonly hint?: string; readonly isUnknown?: true };
