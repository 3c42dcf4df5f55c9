/** What a project's TypeScript may import. Re-exports only. */
export { type RawBuilder, sql } from 'kysely';
