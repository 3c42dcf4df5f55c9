import type { NodeConfig } from './project.js';

/**
 * Whether the rows that a model has cannot be made again: they are the past of a snapshot, which is protected unless
 * it says otherwise, or the model says so of what earlier runs built.
 *
 * @param was how the table was built that has these rows; default: as it is now
 */
export function isProtected({ materialized, options }: NodeConfig, was: string = materialized): boolean {
  if (was === 'snapshot') return options.full_refresh !== true;
  return was === 'incremental' && options.full_refresh === false;
}
