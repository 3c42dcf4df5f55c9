import { expect, test } from 'vitest';
import { everyType, selectOf } from '../../../test/support/every-type.js';
import { transformFixture } from './transform-fixtures.js';

const { staged, plain } = await transformFixture();

test.each(Object.keys(everyType))('%s comes in and goes out again', async (type) => {
  const input = selectOf(type);
  const rows = await plain(input);
  expect(rows).toHaveLength(everyType[type]!.length + 1);
  const asRows = await staged(input, { v: type }, async function* (batches) {
    for await (const batch of batches) yield* batch;
  });
  expect(asRows).toEqual(rows);
  expect(await staged(input, { v: type }, (batches) => batches)).toEqual(rows);
});
