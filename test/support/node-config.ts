import type { NodeConfig } from '../../src/ir/project.js';

/** The settings of a node that has none of its own, with those given over them. */
export function nodeConfig(settings: Partial<NodeConfig> = {}): NodeConfig {
  return {
    materialized: 'table',
    tags: [],
    enabled: true,
    partitionBy: [],
    publish: false,
    columns: [],
    tests: [],
    meta: {},
    options: {},
    ...settings,
  };
}
