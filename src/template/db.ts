import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector } from 'kysely';
import { DuckdbQueryCompiler } from './duckdb-query-compiler.js';
import type { Database } from './project-types.js';

type Tables = keyof Database extends never ? Record<string, Record<string, unknown>> : Database;

/**
 * Kysely over the tables of the project, to write queries with: `db.selectFrom('stg_orders')`.
 * It has no connection; a model exports the query and the build runs it.
 */
export const db: Kysely<Tables> = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new DuckdbQueryCompiler(),
  },
});
