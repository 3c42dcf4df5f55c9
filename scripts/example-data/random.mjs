// Seeded random choices: the same sequence in every run, on every machine. Mulberry32: small and good enough.
let state = 20_240_101;
export function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
export const chance = (/** @type {number} */ probability) => random() < probability;
/** An integer from `low` to `high`, both included. */
export const integer = (/** @type {number} */ low, /** @type {number} */ high) =>
  low + Math.floor(random() * (high - low + 1));
/** Favours small values: of `size` things, the first are met often and the last seldom. */
export const skewed = (/** @type {number} */ size) => Math.floor(random() ** 2.2 * size);
/** @template T @param {readonly T[]} values @returns {T} */
export const pick = (values) => /** @type {T} */ (values[Math.floor(random() * values.length)]);
