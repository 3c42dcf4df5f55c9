/** What a project's TypeScript may import. Re-exports only. */
export type { ModelConfig, ModelConfigColumn, ModelConfigTest } from './project/model-config.js';
export * from './template/public-api.js';
