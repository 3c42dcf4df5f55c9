import * as z from 'zod';

export const testKinds = [
  'not_null',
  'unique',
  'accepted_values',
  'relationships',
  'expression',
  'row_count',
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
      ...settings,
    })
    .refine((test) => testKinds.filter((kind) => test[kind] !== undefined).length === 1, {
      error: `must have exactly one of ${testKinds.join(', ')}`,
    })
    // What a refinement checks, a JSON Schema has to be told.
    .meta({ oneOf: testKinds.map((kind) => ({ required: [kind] })) }),
]);

export type WrittenTest = z.infer<typeof testSchema>;
