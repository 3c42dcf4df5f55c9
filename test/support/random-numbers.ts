import fc from 'fast-check';
import { onTestFailed } from 'vitest';

/**
 * Random numbers from 0 to 1, without end. A test that fails names the seed; with it in `ETL_TEST_SEED` the same
 * numbers come again.
 */
export function randomNumbers(): () => number {
  const seed = Number(process.env.ETL_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  onTestFailed(() => console.error(`random numbers: ETL_TEST_SEED=${seed}`));
  const numbers = fc.sample(fc.nat(999_999), { numRuns: 10_000, seed });
  let next = 0;
  return () => numbers[next++ % numbers.length]! / 1_000_000;
}
