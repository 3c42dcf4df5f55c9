import type { NodeLineage } from '../ir/column-lineage.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import { transformInput } from '../ir/transform-sql.js';
import { type Engine, type EngineConnection, EngineError } from '../ports/engine.js';
import type { Memo } from '../ports/memo.js';
import { combineHashes } from '../util/combine-hashes.js';
import { quoteString } from '../util/sql-quote.js';
import { QueryBinder } from './bind-queries.js';
import { EngineSession } from './engine-session.js';
import { planLineage } from './plan-lineage.js';

const noMemo: Memo = { get: () => undefined, set: () => {} };

/**
 * Finds the input columns of every column of the models in `names`, by default of all; the columns of views
 * and ephemeral models count as inputs like any other. A model whose plan DuckDB cannot write down is missing.
 * `openEngine` is as in `compile`, and is not called for what the memo knows.
 */
export async function columnLineage(
  manifest: Manifest,
  openEngine: () => Promise<Engine>,
  options: { readonly names?: Iterable<string>; readonly memo?: Memo } = {},
): Promise<ReadonlyMap<string, NodeLineage>> {
  const memo = options.memo ?? noMemo;
  const lineage = new Map<string, NodeLineage>();
  const missing: { readonly node: ManifestNode; readonly key: string }[] = [];
  for (const name of options.names ?? manifest.nodes.keys()) {
    const node = manifest.nodes.get(name);
    if (node?.sql === undefined) continue;
    const key = lineageKey(node, manifest);
    const known = memo.get<NodeLineage>('lineage', key);
    if (known) lineage.set(name, known);
    else missing.push({ node, key });
  }
  if (missing.length === 0) return lineage;
  const session = new EngineSession(openEngine, 1);
  try {
    const binder = new QueryBinder(session, noMemo, '');
    for (const { name, schema } of manifest.nodes.values()) binder.addTable(name, schema.columns, '');
    for (const { name, sql, reads = [] } of manifest.sqlMacros) {
      binder.knowMacro({ name, createSql: sql, sqlKey: '', reads });
    }
    const connection = await session.first();
    const tableOf = tableNames(manifest);
    for (const { node, key } of missing) {
      await binder.create([{ reads: node.inputs, macros: node.usesMacros }]);
      const found = await lineageOf(node, connection, tableOf);
      if (!found) continue;
      lineage.set(node.name, found);
      memo.set('lineage', key, found);
    }
  } finally {
    await session.close();
  }
  return lineage;
}

async function lineageOf(
  node: ManifestNode,
  connection: EngineConnection,
  tableOf: (schema: string, table: string) => string,
): Promise<NodeLineage | undefined> {
  const { schema, transform } = node;
  const sql = transform ? transformInput(transform.columns, node.sql!) : node.sql!;
  const query = `select json_serialize_plan(${quoteString(sql)}, optimize := false) as plan`;
  try {
    const [row] = await connection.rows(query);
    const result = JSON.parse(row!.plan as string);
    if (result.error) return undefined;
    const { columns, all, rows } = planLineage(result.plans[0], tableOf);
    // What code makes of its input may come from any column of it.
    const sourcesOf = (i: number) => (transform ? all : (columns[i] ?? []));
    return { columns: schema.columns.map(({ name }, i) => ({ name, sources: sourcesOf(i) })), rows };
  } catch (error) {
    if (error instanceof EngineError && error.kind !== 'interrupted') return undefined;
    throw error;
  }
}

/** Names of nodes by the schema and name that a plan tells. */
function tableNames({ nodes }: Manifest): (schema: string, table: string) => string {
  const names = new Map([...nodes.keys()].map((name) => [name.toLowerCase(), name]));
  return (schema, table) => {
    const name = schema === 'main' ? table : `${schema}.${table}`;
    return names.get(name.toLowerCase()) ?? name;
  };
}

function lineageKey(node: ManifestNode, { nodes, sqlMacros }: Manifest): string {
  const inputs = node.inputs.flatMap((name) => [
    name,
    ...(nodes.get(name)?.schema.columns.flatMap((column) => [column.name, column.type]) ?? []),
  ]);
  const macros = sqlMacros.filter(({ name }) => node.usesMacros.includes(name)).map(({ sql }) => sql);
  const columns = node.schema.columns.map((column) => column.name);
  return combineHashes(node.sql!, ...columns, '', ...macros, '', ...inputs);
}
