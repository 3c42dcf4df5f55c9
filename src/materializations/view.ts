import type { Materialization } from '../ports/materialization.js';
import { storesNoRows } from './validate-partitions.js';

/** A definition without rows: computed whenever somebody reads it. */
export const view: Materialization = {
  name: 'view',
  storesRows: false,
  validate: storesNoRows,
  plan: ({ sql }) => ({ kind: 'view', sql }),
};
