import type { Manifest, ManifestNode, ManifestTest } from '../../src/ir/manifest.js';
import type { NodeConfig } from '../../src/ir/project.js';

type NodeSketch = Partial<Omit<ManifestNode, 'config'>> & {
  readonly name: string;
  readonly config?: Partial<NodeConfig>;
};
/** A compiled node for tests that need no SQL: logic is the hash of its name unless given. */
export declare function sketchNode(sketch: NodeSketch): ManifestNode;
/** A manifest of sketched nodes, given in DAG order. */
export declare function sketchManifest(
  nodes: readonly NodeSketch[],
  tests?: readonly ManifestTest[],
): Manifest;
/** A compiled test on a node, or, without one, a query under `tests/`. */
export declare function sketchTest(name: string, reads: readonly string[], node?: string): ManifestTest;
