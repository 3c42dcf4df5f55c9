import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { ModelConfig } from './model-config.js';
import type { modelSchema } from './node-schema.js';

type Schema = z.input<ReturnType<typeof modelSchema>>;
/** Optional properties of the schema may also be undefined, which nobody writes. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;

test('the type of config allows exactly what its schema does', () => {
  expectTypeOf<keyof ModelConfig>().toEqualTypeOf<keyof Schema>();
  expectTypeOf<ModelConfig>().toExtend<Schema>();
  expectTypeOf<Plain<Required<Schema>>>().toExtend<ModelConfig>();
});
