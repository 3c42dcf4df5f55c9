import * as z from 'zod';

const name = z.string().min(1);

const target = z.strictObject({
  lake: name.describe('A folder, relative to the project, or s3://bucket/prefix.'),
  s3: z
    .strictObject({
      endpoint: name.optional(),
      region: name.optional(),
      force_path_style: z.boolean().optional(),
      access_key_id: name.optional(),
      secret_access_key: name.optional(),
      session_token: name.optional(),
    })
    .optional()
    .describe('How to reach the object store. Default: what the AWS SDK finds.'),
  vars: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Values of variables in this target; --vars goes before them.'),
});

/** `etl.yml`, but for the defaults by folder, whose keys are the project's own folders. */
export const etlSchema = z.strictObject({
  name: name.describe('Name of the project.'),
  default_target: name.optional().describe('The target without --target. Default: dev, or the only one.'),
  targets: z
    .record(z.string(), target)
    .optional()
    .describe('Where runs read and write. Default: dev in .etl/lake.'),
  vars: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Values for ${vars.name}, changed for one run by --vars.'),
  engine: z
    .strictObject({
      threads: z.int().min(1).optional().describe("Default: the machine's cores."),
      memory_limit: z
        .string()
        // Without the flag i, which a JSON Schema cannot say.
        .regex(/^\s*\d+(\.\d+)?\s*(%|[kmgtKMGT][iI]?[bB])\s*$/, 'must be a size such as 4GB')
        .optional()
        .describe("Such as 4GB. Default: 75 % of the machine's memory."),
      init: z
        .string()
        .optional()
        .describe('SQL run on every connection: what it makes, it makes with OR REPLACE or IF NOT EXISTS.'),
    })
    .optional(),
  models: z.unknown().optional().describe('Defaults by folder under models/.'),
  seeds: z.unknown().optional().describe('Defaults by folder under seeds/.'),
});

/** What is left of an `etl.yml` that lacks something. */
export const partialEtlSchema = etlSchema.partial();
export type WrittenEtl = z.infer<typeof partialEtlSchema>;
