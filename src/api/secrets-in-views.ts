import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import type { ResolvedNode } from '../planner/resolve-ephemerals.js';

/**
 * The SQL of a view rests in the lake, for everybody to read, so it must not hold what came from the environment,
 * directly or through an ephemeral model.
 */
export function secretsInViews(
  manifest: Manifest,
  resolve: (node: ManifestNode) => ResolvedNode,
): readonly Diagnostic[] {
  const nodes = [...manifest.nodes.values()];
  if (!nodes.some(usesEnvironment)) return [];
  return nodes.flatMap((node) => {
    if (node.config.materialized !== 'view') return [];
    const owner = [node, ...resolve(node).ephemerals].find(usesEnvironment);
    if (!owner) return [];
    const through = owner === node ? '' : ` through ${owner.name}`;
    const span = node.configSpans?.materialized;
    return errorDiagnostic(
      'compile/invalid-config',
      `The view ${node.name} uses a value of the environment${through}, and the SQL of a view can be read by everybody who reads the lake.`,
      {
        span: span ?? startOf(node.path),
        hint: 'write "materialized: table", so that only rows are stored; what is no secret can be given with --vars',
      },
    );
  });
}

function usesEnvironment({ segments }: ManifestNode): boolean {
  return segments?.some((segment) => (segment.hidden?.length ?? 0) > 0) ?? false;
}

function startOf(file: string) {
  const start = { offset: 0, line: 1, column: 1 };
  return { file, start, end: start };
}
