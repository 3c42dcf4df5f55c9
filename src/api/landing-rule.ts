import type { NodeConfig } from '../ir/project.js';
import type { LandingRule } from '../ir/table-version.js';

/** How rows come together that land bit by bit; undefined for a source that lands as a whole. */
export function landingRule({ options }: NodeConfig): LandingRule | undefined {
  const key = options.primary_key as readonly string[] | undefined;
  const cursor = options.cursor as string | undefined;
  if (key === undefined && cursor === undefined) return undefined;
  return { ...(key && { key }), ...(cursor !== undefined && { cursor }) };
}
