import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { TableVersion } from '../../ir/table-version.js';
import { transformInput } from '../../ir/transform-sql.js';
import { type EngineConnection, EngineError } from '../../ports/engine.js';
import type { MaterializationStep } from '../../ports/materialization.js';
import type { Transform } from '../../ports/transform.js';
import type { NodeTask } from '../new-version.js';
import { rewriteVersion } from '../rewrite-version.js';
import { writeVersion } from '../write-version.js';
import { type StagedTransform, stageTransform } from './stage-transform.js';

/**
 * Runs the code of a transform and stores its rows as the model's materialization wants.
 *
 * @param sql what `transformSql` made of the input for this run
 */
export function buildTransform(
  task: NodeTask,
  sql: string,
  current: TableVersion | undefined,
): Promise<{ readonly versions: readonly TableVersion[] }> {
  const { node, context } = task;
  return context.connections.use(async (writer) => {
    const staged = await stage(task, sql, writer);
    try {
      const step = context.materialize(node, staged.sql, current);
      const version = await store(step, current, task, writer).catch(async (thrown) => {
        const misfit = isOfValues(thrown) ? await staged.explain().catch(() => undefined) : undefined;
        throw misfit ? explained(misfit, node.name, context.transformOf(node)) : thrown;
      });
      await context.session.define(version);
      return { versions: [version] };
    } finally {
      await staged.drop();
    }
  }, node.name);
}

function store(
  step: MaterializationStep,
  current: TableVersion | undefined,
  task: NodeTask,
  connection: EngineConnection,
): Promise<TableVersion> {
  switch (step.kind) {
    case 'write':
      return writeVersion(task, connection, step);
    case 'rewrite':
      return rewriteVersion(step, current, task, connection);
    default:
      throw new Error(`A transform cannot be materialized with a step "${step.kind}".`);
  }
}

function isOfValues(thrown: unknown): boolean {
  return thrown instanceof EngineError && thrown.kind !== 'interrupted' && thrown.kind !== 'out-of-memory';
}

function stage({ node, context }: NodeTask, sql: string, writer: EngineConnection): Promise<StagedTransform> {
  const transform = context.transformOf(node);
  const { columns } = node.transform!;
  return context.connections.use(async (reader) => {
    try {
      const input = transformInput(columns, sql);
      return await stageTransform({ transform, columns, input, reader, writer, signal: context.signal });
    } catch (thrown) {
      throw explained(thrown, node.name, transform);
    }
  });
}

/** What the person's code threw, at its place; errors of the engine and of ours as they are. */
function explained(thrown: unknown, name: string, transform: Transform): unknown {
  if (thrown instanceof EngineError || thrown instanceof DiagnosticError) return thrown;
  const { message, code: _, severity: __, ...place } = transform.explain(thrown);
  return new DiagnosticError([errorDiagnostic('run/transform-failed', `${name} failed: ${message}`, place)], {
    cause: thrown,
  });
}
