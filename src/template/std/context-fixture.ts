import type { ExpansionContext } from '../expansion-context.js';

/** For tests: a model is expanded in which every table has the columns of `orders`. */
export const context: ExpansionContext = {
  name: 'm',
  incremental: false,
  batch: undefined,
  vars: {},
  secretVars: {},
  target: { name: 'dev' },
  env: {},
  relations: undefined,
  schemaOf: () => ({ columns: ['id', 'method', 'amount', 'at'].map((name) => ({ name, type: 'INTEGER' })) }),
  refs: new Set(),
  needs: new Set(),
  secrets: new Set(),
};
