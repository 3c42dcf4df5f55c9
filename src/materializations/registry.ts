import type { Materialization } from '../ports/materialization.js';
import { ephemeral } from './ephemeral.js';
import { incremental } from './incremental.js';
import { seed } from './seed.js';
import { snapshot } from './snapshot.js';
import { table } from './table.js';
import { view } from './view.js';

/** Every materialization, by the name that `materialized:` takes. */
export const materializations: Readonly<Record<string, Materialization>> = {
  view,
  table,
  incremental,
  snapshot,
  ephemeral,
  seed,
};
