import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { isRefusedByMachine, systemFailure } from '../diagnostics/system-failure.js';
import type { ManifestNode } from '../ir/manifest.js';
import { EngineError } from '../ports/engine.js';
import { isInterruption } from '../ports/interruption.js';
import { damagedVersion } from './damaged-version.js';
import { failurePlace, printableFailure } from './failure-place.js';
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
  const refused = systemFailure(thrown, `${node.name} failed`);
  if (refused && isRefusedByMachine(thrown)) return [refused];
  const damaged = damagedVersion(thrown, context.snapshot);
  if (damaged) return [damaged];
  if (node.kind !== 'model') {
    const explained = await context.sources.explain(node.name, thrown);
    if (explained) return explained;
  }
  if (refused) return [refused];
  if (!(thrown instanceof EngineError)) throw thrown;
  return [engineFailure(node, thrown, context)];
}

function engineFailure(node: ManifestNode, error: EngineError, context: RunContext): Diagnostic {
  const message = `${node.name} failed: ${printableFailure(node, error, context)}`;
  const hint =
    error.kind === 'out-of-memory'
      ? 'raise engine.memory_limit in etl.yml, lower engine.threads, or split the query into smaller models'
      : undefined;
  return errorDiagnostic('run/query-failed', message, {
    ...failurePlace(node, error, context),
    ...(hint !== undefined && { hint }),
  });
}
