/** What a project's TypeScript may import. Re-exports only. */
export * from './template/public-api.js';
