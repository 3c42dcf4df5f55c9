import type { Materialization } from '../ports/materialization.js';
import { storesNoRows } from './validate-partitions.js';

/** Known to the models that read it and to nobody else; the lake never sees it. */
export const ephemeral: Materialization = {
  name: 'ephemeral',
  storesRows: false,
  validate: storesNoRows,
  plan: ({ sql }) => ({ kind: 'inline', sql }),
};
