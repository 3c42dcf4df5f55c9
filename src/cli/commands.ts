import type { Command } from './command.js';
import { backfill } from './commands/backfill.js';
import { build } from './commands/build.js';
import { check } from './commands/check.js';
import { clean } from './commands/clean.js';
import { compile } from './commands/compile.js';
import { debug } from './commands/debug.js';
import { diff } from './commands/diff.js';
import { history } from './commands/history.js';
import { init } from './commands/init.js';
import { intervals } from './commands/intervals.js';
import { land } from './commands/land.js';
import { lineage } from './commands/lineage.js';
import { ls } from './commands/ls.js';
import { pin } from './commands/pin.js';
import { plan } from './commands/plan.js';
import { publish } from './commands/publish.js';
import { query } from './commands/query.js';
import { retry } from './commands/retry.js';
import { rollback } from './commands/rollback.js';
import { runs } from './commands/runs.js';
import { show } from './commands/show.js';
import { test } from './commands/test.js';
import { types } from './commands/types.js';
import { vacuum } from './commands/vacuum.js';
import { watch } from './commands/watch.js';

/** All commands, in the order in which help shows them. */
export const commands: readonly Command[] = [
  init,
  build,
  backfill,
  retry,
  watch,
  land,
  test,
  check,
  compile,
  plan,
  pin,
  ls,
  query,
  show,
  lineage,
  types,
  runs,
  history,
  intervals,
  diff,
  rollback,
  publish,
  vacuum,
  clean,
  debug,
];
