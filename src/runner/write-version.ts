import type { TableVersion } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { WriteStep } from '../ports/materialization.js';
import { emptyVersion, type NodeTask } from './new-version.js';

/** Makes a version of a node with exactly the rows of a query. */
export async function writeVersion(
  task: NodeTask,
  connection: EngineConnection,
  { sql, partitionBy, orderBy = [] }: Omit<WriteStep, 'kind'>,
): Promise<TableVersion> {
  const { node, context } = task;
  const empty = emptyVersion(task);
  const request = {
    connection,
    sql,
    schema: node.schema,
    table: node.name,
    versionId: empty.id,
    partitionBy,
    orderBy,
  };
  const written = await context.lake.write(request);
  return { ...empty, ...written, partitionBy };
}
