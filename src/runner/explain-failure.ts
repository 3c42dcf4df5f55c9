import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ManifestNode } from '../ir/manifest.js';
import { mapSpan } from '../ir/map-span.js';
import { printableSql } from '../ir/printable-sql.js';
import { EngineError } from '../ports/engine.js';
import { isInterruption } from '../ports/interruption.js';
import type { RunContext } from './run-context.js';

/** Says why a node failed, at the place in its file where the engine saw it. Rethrows what is our own bug. */
export async function explainFailure(
  node: ManifestNode,
  thrown: unknown,
  context: RunContext,
): Promise<readonly Diagnostic[]> {
  if (thrown instanceof DiagnosticError) return thrown.diagnostics;
  // An upload that was cut off, say, has its own way to say so.
  if (context.signal.aborted || isInterruption(thrown)) {
    return [errorDiagnostic('run/interrupted', `${node.name} was interrupted.`)];
  }
  if (node.kind !== 'model') {
    const explained = await context.sources.explain(node.name, thrown);
    if (explained) return explained;
  }
  if (!(thrown instanceof EngineError)) throw thrown;
  return [engineFailure(node, thrown, context)];
}

function engineFailure(node: ManifestNode, error: EngineError, context: RunContext): Diagnostic {
  const message = `${node.name} failed: ${error.message}`;
  const hint =
    error.kind === 'out-of-memory'
      ? 'raise engine.memory_limit in etl.yml, lower engine.threads, or split the query into smaller models'
      : undefined;
  return errorDiagnostic('run/query-failed', message, {
    ...positionInModel(node, error, context),
    ...(hint !== undefined && { hint }),
  });
}

/** The engine counts in the whole statement it was given, of which the model's SQL is a part. */
function positionInModel(node: ManifestNode, error: EngineError, context: RunContext) {
  const { offset, sql: statement } = error.details;
  const text = context.readFile(node.path);
  if (offset === undefined || statement === undefined || text === undefined || !node.sql || !node.segments) {
    return undefined;
  }
  const start = statement.indexOf(node.sql);
  const at = offset - start;
  if (start < 0 || at < 0 || at >= node.sql.length) return undefined;
  const { span, insideExpression } = mapSpan({ path: node.path, segments: node.segments }, text, at, at + 1);
  const excerpt = {
    title: `expanded SQL of ${node.name}`,
    text: printableSql({ ...node, sql: node.sql }),
    start: at,
    end: at + 1,
  };
  return { span, ...(insideExpression && { excerpt }) };
}
