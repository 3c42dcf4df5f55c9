import { describeSeed, seedSql } from '../connectors/seed.js';
import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import type { SeedFile } from '../ir/project.js';
import type { SourceColumns } from '../ports/connector.js';
import type { OpenedSource } from '../ports/source-reader.js';
import type { TableSchema } from '../schema/table-schema.js';
import { connectorContext } from './source-states.js';
import type { Workspace } from './workspace.js';

/** The columns of every seed that can be read, and everything that is wrong with the others. */
export async function seedSchemas(
  workspace: Workspace,
): Promise<Outcome<ReadonlyMap<string, SourceColumns>>> {
  const value = new Map<string, SourceColumns>();
  const diagnostics: Diagnostic[] = [];
  const context = connectorContext(workspace);
  for (const seed of workspace.project.seeds) {
    if (!seed.config.enabled) continue;
    const described = await describeSeed(seed, context);
    diagnostics.push(...described.diagnostics);
    if (described.diagnostics.length === 0) value.set(seed.name, described.value);
  }
  context.connection.close();
  return { value, diagnostics };
}

/** A seed's rows, for the runner. */
export function openSeed(seed: SeedFile, schema: TableSchema, workspace: Workspace): OpenedSource {
  return { sql: seedSql(seed, schema, workspace.paths.root), close: async () => {} };
}
