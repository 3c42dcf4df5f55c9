import type { Manifest, ManifestTest } from '../ir/manifest.js';
import type { PlannedTest } from '../ir/run-plan.js';
import { hash } from '../util/hash.js';

/**
 * Decides which nodes each test gates. A test on a node gates that node. A query under `tests/` gates the
 * most downstream of the nodes it reads: those that no other of them depends on.
 *
 * Descendants of a gated node wait for its tests, unless that would make a circle (a test of A reads D, and
 * D waits for A): such a test runs as soon as its tables are there and gates only the commit.
 */
export function planTests(input: {
  readonly manifest: Manifest;
  readonly tests: readonly ManifestTest[];
  readonly keyOf: (name: string) => string;
  /** The logic of a node, ephemeral models resolved. */
  readonly logicOf: (name: string) => string;
  /** The nodes of this run that must be written before these names can be read. */
  readonly upstream: (names: readonly string[]) => readonly string[];
  readonly passedAudits: ReadonlySet<string>;
}): readonly PlannedTest[] {
  const ancestors = ancestorFinder(input.manifest);
  const waits = new Map<string, Set<string>>();
  return input.tests.map((test) => {
    const gates = test.node !== undefined ? [test.node] : mostDownstream(test.reads, ancestors);
    const blocksDescendants = gates.every((gate) => canWait(gate, test.reads, input.manifest, waits));
    if (blocksDescendants) {
      for (const gate of gates) addAll(waits, gate, test.reads);
    }
    const auditKey = test.unit
      ? unitTestKey(test, input.manifest, input.logicOf)
      : hash('audit', test.logic, ...test.reads.flatMap((name) => [name, input.keyOf(name)]));
    return {
      test,
      auditKey,
      passedBefore: test.repeatable !== false && input.passedAudits.has(auditKey),
      after: input.upstream(test.reads),
      gates,
      blocksDescendants,
    };
  });
}

/** A unit test says the same until its model does something else, or reads something else. */
function unitTestKey(
  { logic, node = '' }: ManifestTest,
  { nodes }: Manifest,
  logicOf: (name: string) => string,
): string {
  const inputs = nodes.get(node)?.inputs ?? [];
  const columns = inputs.map((input) => [
    input,
    nodes.get(input)?.schema.columns.map(({ name, type }) => [name, type]),
  ]);
  return hash('unit', logic, logicOf(node), JSON.stringify(columns));
}

function mostDownstream(
  names: readonly string[],
  ancestors: (name: string) => ReadonlySet<string>,
): readonly string[] {
  return names.filter((name) => !names.some((other) => other !== name && ancestors(other).has(name)));
}

/** True when everything that `reads` needs can be written before `gate` counts as audited. */
function canWait(
  gate: string,
  reads: readonly string[],
  manifest: Manifest,
  waits: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const seen = new Set<string>();
  const pending = reads.filter((name) => name !== gate);
  while (pending.length > 0) {
    const name = pending.pop()!;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const parent of manifest.nodes.get(name)?.inputs ?? []) {
      if (parent === gate) return false;
      pending.push(parent, ...(waits.get(parent) ?? []));
    }
  }
  return true;
}

function addAll(map: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  const set = map.get(key) ?? new Set();
  for (const value of values) if (value !== key) set.add(value);
  map.set(key, set);
}

function ancestorFinder(manifest: Manifest): (name: string) => ReadonlySet<string> {
  const found = new Map<string, ReadonlySet<string>>();
  return (name) => {
    const known = found.get(name);
    if (known) return known;
    const all = new Set<string>();
    const pending = [...(manifest.nodes.get(name)?.inputs ?? [])];
    while (pending.length > 0) {
      const parent = pending.pop()!;
      if (all.has(parent)) continue;
      all.add(parent);
      pending.push(...(manifest.nodes.get(parent)?.inputs ?? []));
    }
    found.set(name, all);
    return all;
  };
}
