import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { PlannedNode } from '../ir/run-plan.js';
import type { Interval, TableVersion } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { RewriteStep } from '../ports/materialization.js';
import type { OpenedSource } from '../ports/source-reader.js';
import { sameNamesAndTypes } from '../schema/same-columns.js';
import type { TableSchema } from '../schema/table-schema.js';
import { quoteString } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';
import { selfSql } from './earlier-rows.js';
import { inUtc } from './in-utc.js';
import { emptyVersion, type NodeTask } from './new-version.js';
import { rewriteVersion } from './rewrite-version.js';
import type { RunContext } from './run-context.js';
import { buildIntervals } from './run-intervals.js';
import { buildTransform } from './transform/build-transform.js';
import { writeVersion } from './write-version.js';

/** The versions that a node made: its own, and by-products such as rejected rows. */
export interface NodeOutput {
  readonly versions: readonly TableVersion[];
  readonly rejectedCount?: number;
  readonly intervals?: readonly Interval[];
  /** Why parts of it failed that can be made good later. */
  readonly failures?: readonly Diagnostic[];
  readonly warnings?: readonly Diagnostic[];
}

/** Carries out one planned node. What it writes is seen by this run only. */
export async function runNode(planned: PlannedNode, context: RunContext): Promise<NodeOutput> {
  const node = context.manifest.nodes.get(planned.name)!;
  switch (planned.action) {
    case 'reuse':
      return { versions: [] };
    case 'land':
      return landSource(planned, node, context);
    case 'seed':
      return loadSeed(planned, node, context);
    case 'inline':
    case 'view':
    case 'build':
      return buildModel(planned, node, context);
  }
}

async function buildModel(
  planned: PlannedNode,
  node: ManifestNode,
  context: RunContext,
): Promise<NodeOutput> {
  const committed = context.snapshot.tables.get(node.name);
  const isFull = planned.mode?.kind === 'full';
  const current = isFull || committed?.kind === 'view' ? undefined : committed;
  const adds = planned.mode?.kind === 'incremental';
  const query = (adds && node.incremental?.sql) || node.sql!;
  const sql = planned.mode?.carriesOnly ? `select * from (${withoutEnd(query)}\n) where false` : query;
  const seesOther = adds && current && !sameNamesAndTypes(node.schema, current.schema);
  if (seesOther) await context.session.defineQuery(node.name, await selfSql(current, node, context));
  await context.session.ensure(adds ? [...node.inputs, node.name] : node.inputs);
  if (node.transform) return buildTransform({ planned, node, context }, sql, current);
  const step = context.materialize(node, sql, current);
  switch (step.kind) {
    case 'inline':
      await context.session.defineQuery(node.name, step.sql);
      return { versions: [] };
    case 'view': {
      const { sql: storedSql, macros, reads } = context.stored(node);
      const version: TableVersion = {
        ...emptyVersion({ planned, node, context }),
        kind: 'view',
        view: { sql: storedSql, macros, reads },
      };
      await context.session.defineQuery(node.name, step.sql, version);
      return { versions: [version] };
    }
    case 'write':
      return context.connections.use(async (connection) => {
        const version = await writeVersion({ planned, node, context }, connection, step);
        await context.session.define(version);
        return { versions: [version] };
      }, node.name);
    case 'rewrite':
      return context.connections.use(async (connection) => {
        const version = await rewriteVersion(step, current, { planned, node, context }, connection);
        await context.session.define(version);
        return { versions: [version] };
      }, node.name);
    case 'intervals': {
      const { version, ...said } = await buildIntervals(step, current, { planned, node, context });
      if (!version) return { versions: [], ...said };
      await context.session.define(version);
      return { versions: [version], ...said };
    }
  }
}

function landing<T>(
  node: ManifestNode,
  { connections }: RunContext,
  action: (connection: EngineConnection) => Promise<T>,
): Promise<T> {
  return connections.use((connection) => inUtc(connection, () => action(connection)), node.name);
}

function loadSeed(planned: PlannedNode, node: ManifestNode, context: RunContext): Promise<NodeOutput> {
  return landing(node, context, async (connection) => {
    const opened = await context.sources.open(node.name, connection);
    try {
      const step = context.materialize(node, opened.sql, context.snapshot.tables.get(node.name));
      if (step.kind !== 'write') throw new Error(`Materialization of seed ${node.name} writes no rows.`);
      const version = await writeVersion({ planned, node, context }, connection, step);
      await context.session.define(version);
      return { versions: [version] };
    } finally {
      await opened.close();
    }
  });
}

function landSource(planned: PlannedNode, node: ManifestNode, context: RunContext): Promise<NodeOutput> {
  return landing(node, context, async (connection) => {
    const isFull = planned.reason.kind === 'full-refresh' || context.sample !== undefined;
    const current = isFull ? undefined : context.snapshot.tables.get(node.name);
    const opened = await context.sources.open(node.name, connection, current);
    try {
      const task = { planned, node, context };
      const landed = await landRows(opened, current, task, connection);
      await context.session.define(landed);
      // What a sample leaves out is not read, unreadable or not.
      if (!opened.rejects || context.sample) return { versions: [landed] };
      const rejects = await allRejects(opened.rejects, opened.adds, task);
      const rejected = await writeRejects(planned, node, context, connection, rejects);
      return { versions: [landed, rejected], rejectedCount: rejected.rowCount };
    } finally {
      await opened.close();
    }
  });
}

/** All rows of a source, or what is new of one to whose rows landing only adds. */
async function landRows(
  { sql, landed, adds, pieceColumn }: OpenedSource,
  current: TableVersion | undefined,
  task: NodeTask,
  connection: EngineConnection,
): Promise<TableVersion> {
  const { config } = task.node;
  const { sample } = task.context;
  if (!landed || sample) {
    return writeVersion(task, connection, { sql: sample?.(sql) ?? sql, partitionBy: config.partitionBy });
  }
  const key = config.options.primary_key as readonly string[] | undefined;
  const cursor = config.options.cursor as string | undefined;
  const step: RewriteStep = {
    kind: 'rewrite',
    sql,
    partitionBy: config.partitionBy,
    match: key
      ? {
          by: 'key',
          columns: key,
          orderBy: cursor === undefined ? [] : [cursor],
          ...(pieceColumn !== undefined && { arrival: pieceColumn }),
        }
      : { by: 'nothing' },
    orderBy: key ?? [],
  };
  return { ...(await rewriteVersion(step, adds && current, task, connection)), landed };
}

/** Unreadable rows of what was read now, and of what was read before and is not read again. */
async function allRejects(
  rejects: NonNullable<OpenedSource['rejects']>,
  adds: readonly string[] | undefined,
  { node, context }: NodeTask,
): Promise<NonNullable<OpenedSource['rejects']>> {
  const before = adds && context.snapshot.tables.get(`${node.name}__rejected`);
  if (!before) return rejects;
  const kept = await context.lake.relationSql(before);
  const isKept = adds.length > 0 ? `where "file" not in (${adds.map(quoteString).join(', ')})` : '';
  return { ...rejects, sql: `select * from (${kept}) ${isKept} union all select * from (${rejects.sql}\n)` };
}

async function writeRejects(
  planned: PlannedNode,
  node: ManifestNode,
  context: RunContext,
  connection: EngineConnection,
  rejects: { readonly sql: string; readonly schema: TableSchema },
): Promise<TableVersion> {
  const table = `${node.name}__rejected`;
  const empty = emptyVersion({ planned, node, context });
  const request = {
    connection,
    sql: rejects.sql,
    schema: rejects.schema,
    table,
    versionId: empty.id,
    partitionBy: [],
  };
  const written = await context.lake.write(request);
  return {
    ...empty,
    ...written,
    table,
    schema: rejects.schema,
    publish: false,
    partitionBy: [],
    provenance: { ...empty.provenance, attachedTo: node.name },
  };
}
