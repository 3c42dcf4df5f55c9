import type { Segment } from '../ir/expanded-model.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { ModelFile } from '../ir/project.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { Draft } from './draft.js';
import { fingerprintOf, modelLogic } from './fingerprint.js';

interface NodeParts {
  readonly model: ModelFile;
  readonly draft: Draft;
  readonly schema: TableSchema;
  /** Stands for the engine's settings. */
  readonly settings: string;
  /** All nodes so far, its inputs among them. */
  readonly nodes: ReadonlyMap<string, ManifestNode>;
}

/** Nodes as they were made before, with what they were made of. */
const made = new WeakMap<
  Draft,
  Pick<NodeParts, 'model' | 'settings'> & {
    readonly node: ManifestNode;
    readonly upstream: readonly string[];
  }
>();

/**
 * The node of a model without macros, incremental runs and functions that are not repeatable: nearly all are like
 * this. From compile to compile in one process it stays the same object, as long as what it is made of does.
 */
export function plainNode({ model, draft, schema, settings, nodes }: NodeParts): ManifestNode {
  const before = made.get(draft);
  if (
    before?.model === model &&
    before.settings === settings &&
    before.node.schema.columns === schema.columns &&
    before.node.inputs.every((input, i) => nodes.get(input)!.fingerprint === before.upstream[i])
  ) {
    return before.node;
  }
  const { name, path, config, configSpans } = model;
  const { expanded, sql, tables, parsed } = draft;
  const inputs = tables.length > 1 ? [...tables].sort() : tables;
  const upstream: string[] = [];
  const named: string[] = [];
  for (const input of inputs) {
    const { fingerprint } = nodes.get(input)!;
    upstream.push(fingerprint);
    named.push(input, fingerprint);
  }
  const logic = modelLogic([parsed.hash], config, [], settings);
  // Written out: spreading objects into one another takes longer than all the rest here.
  const node: ManifestNode = {
    name,
    kind: 'model',
    path,
    config,
    configSpans,
    sql,
    segments: clipped(expanded.segments, sql.length),
    inputs,
    schema,
    logic,
    fingerprint: fingerprintOf(logic, named),
    repeatable: true,
    usesMacros: [],
  };
  made.set(draft, { model, settings, node, upstream });
  return node;
}

/** Segments up to the end of the statement, which lacks the semicolon behind it. */
export function clipped(segments: readonly Segment[], end: number): readonly Segment[] {
  let count = segments.length;
  while (count > 0 && segments[count - 1]!.outEnd > end && segments[count - 1]!.outStart >= end) count--;
  const last = segments[count - 1];
  if (!last || last.outEnd <= end) return count === segments.length ? segments : segments.slice(0, count);
  const cut = last.kind === 'text' ? last.outEnd - end : 0;
  return [...segments.slice(0, count - 1), { ...last, outEnd: end, sourceEnd: last.sourceEnd - cut }];
}
