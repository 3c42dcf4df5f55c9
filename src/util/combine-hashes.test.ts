import { expect, test } from 'vitest';
import { combineHashes } from './combine-hashes.js';

test('differs for every list of parts', () => {
  const lists = [[], [''], ['', ''], ['ab'], ['a', 'b'], ['b', 'a'], ['ab', ''], ['a'], ['\0'], ['é'], ['e']];
  const hashes = lists.map((parts) => combineHashes(...parts));
  expect(new Set(hashes).size).toBe(lists.length);
  expect(hashes.every((hash) => /^[0-9a-f]{32}$/.test(hash))).toBe(true);
});

test('spreads near texts over all bits', () => {
  const lanes = Array.from({ length: 20_000 }, (_, i) => combineHashes('model', `key ${i}`).match(/.{8}/g)!);
  // 20,000 random values of 32 bits hold a twin pair or none.
  for (let lane = 0; lane < 4; lane++) {
    expect(new Set(lanes.map((parts) => parts[lane])).size).toBeGreaterThan(19_995);
  }
});
