/**
 * What commands call, all but `watch`. They load it as one module: a file for each function would cost every start
 * dozens of small files.
 */
export { backfill } from './backfill.js';
export { build, land, test } from './build.js';
export { check } from './check.js';
export { clean } from './clean.js';
export { compile, list } from './compile.js';
export { debug } from './debug.js';
export { diff } from './diff/diff.js';
export { commits, history } from './history.js';
export { init } from './init/init.js';
export { intervals } from './intervals.js';
export { lineage } from './lineage.js';
export { pin } from './pin.js';
export { plan } from './plan.js';
export { publish } from './publish-tables.js';
export { exportQuery, query, sqlOfTable } from './query.js';
export { retry, unfinished } from './retry.js';
export { rollback } from './rollback.js';
export { runs } from './runs.js';
export { exportShown, show } from './show.js';
export { types } from './types.js';
export { vacuum } from './vacuum.js';
