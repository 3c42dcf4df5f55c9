import type { Manifest, ManifestNode, ManifestTest } from '../../src/ir/manifest.js';
import type { NodeConfig } from '../../src/ir/project.js';
import { hash } from '../../src/util/hash.js';
import { nodeConfig } from './node-config.js';

type NodeSketch = Partial<Omit<ManifestNode, 'config'>> & {
  readonly name: string;
  readonly config?: Partial<NodeConfig>;
};

/** A compiled node for tests that need no SQL: logic is the hash of its name unless given. */
export function sketchNode(sketch: NodeSketch): ManifestNode {
  const kind = sketch.kind ?? (sketch.name.includes('.') ? 'source' : 'model');
  return {
    kind,
    path: `models/${sketch.name}.sql`,
    sql: `select * from ${sketch.inputs?.[0] ?? '(values (1)) as t(id)'}`,
    inputs: [],
    schema: { columns: [{ name: 'id', type: 'INTEGER' }] },
    logic: hash(sketch.name),
    fingerprint: hash(sketch.name),
    repeatable: true,
    usesMacros: [],
    ...sketch,
    config: nodeConfig({ materialized: kind === 'model' ? 'table' : kind, ...sketch.config }),
  };
}

/** A manifest of sketched nodes, given in DAG order. */
export function sketchManifest(nodes: readonly NodeSketch[], tests: readonly ManifestTest[] = []): Manifest {
  const full = nodes.map(sketchNode);
  return { project: 'test', nodes: new Map(full.map((node) => [node.name, node])), tests, sqlMacros: [] };
}

/** A compiled test on a node, or, without one, a query under `tests/`. */
export function sketchTest(name: string, reads: readonly string[], node?: string): ManifestTest {
  return {
    name,
    ...(node !== undefined && { node }),
    columns: [],
    path: 'tests/t.sql',
    tags: [],
    kind: 'query',
    severity: 'error',
    warnIf: '> 0',
    errorIf: '> 0',
    sql: 'select 1 where false',
    reads,
    logic: hash(name),
  };
}
