import type { Manifest, ManifestNode } from '../../ir/manifest.js';
import { printable } from '../../ir/printable-sql.js';

/** A manifest as JSON text. Each node stands in a line of its own, so that one can be found and replaced. */
export interface ManifestText {
  readonly head: string;
  /** In DAG order, without what stands between them. */
  readonly lines: readonly string[];
  readonly tail: string;
}

/** What stands between the lines of two nodes. */
export const lineEnd = ',\n';

/** The text of a manifest, without what only errors need and without values of the environment. */
export function manifestText(manifest: Manifest): ManifestText {
  const { project, nodes, tests, sqlMacros, failed } = manifest;
  const rest = {
    tests: tests.map(({ span: _, ...test }) => printable(test)),
    sqlMacros,
    failed: failed?.map(({ name }) => name),
  };
  return {
    head: `{"format":1,"project":${JSON.stringify(project)},"nodes":{\n`,
    lines: [...nodes.values()].map(nodeLine),
    tail: `\n},${JSON.stringify(rest).slice(1)}`,
  };
}

export function nodeLine({ configSpans: _, ...node }: ManifestNode): string {
  return `${JSON.stringify(node.name)}:${JSON.stringify(printable(node))}`;
}

/** The node of a line. It lacks segments and spans, and values of the environment are masked in its SQL. */
export function readNodeLine(line: string): ManifestNode {
  return Object.values(JSON.parse(`{${line}}`) as Record<string, ManifestNode>)[0]!;
}

export function joined({ head, lines, tail }: ManifestText): string {
  return head + lines.join(lineEnd) + tail;
}
