/** What a project's TypeScript may import. Re-exports only. */
export { sql } from 'kysely';
