/** Macros that come with the tool. A project may define macros of the same names, which then win. */
export { asOfJoin } from './as-of-join.js';
export type { ColumnOf, OneOrMany, Rows } from './column-names.js';
export { dateSpine } from './date-spine.js';
export { dedupe } from './dedupe.js';
export { latestPerKey } from './latest-per-key.js';
export { pivot } from './pivot.js';
export { star } from './star.js';
export { surrogateKey } from './surrogate-key.js';
export { unionRelations } from './union-relations.js';
export { unpivot } from './unpivot.js';
