import type { Manifest, ManifestTest } from '../ir/manifest.js';
import type { PlannedTest } from '../ir/run-plan.js';
import { hash } from '../util/hash.js';
import type { ResolvedNode } from './resolve-ephemerals.js';

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
  readonly resolved: (name: string) => ResolvedNode;
  /** The nodes of this run that must be written before these names can be read. */
  readonly upstream: (names: readonly string[]) => readonly string[];
  readonly passedAudits: ReadonlySet<string>;
  /** Why rows that fail a test are no failure; undefined where they are one. */
  readonly excuseOf: (test: ManifestTest) => string | undefined;
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
      ? unitTestKey(test, input.manifest, input.resolved)
      : hash('audit', test.logic, ...test.reads.flatMap((name) => [name, input.keyOf(name)]));
    const excuse = input.excuseOf(test);
    return {
      test,
      auditKey,
      passedBefore: isRepeatable(test, input.resolved) && input.passedAudits.has(auditKey),
      after: input.upstream(test.reads),
      gates,
      blocksDescendants,
      ...(excuse !== undefined && { excuse }),
    };
  });
}

/** Whether it says the same of the same rows; a unit test where its model makes the same of them. */
function isRepeatable(
  { repeatable, unit, node = '' }: ManifestTest,
  resolved: (name: string) => ResolvedNode,
): boolean {
  return unit ? resolved(node).unrepeatableBecause === undefined : repeatable !== false;
}

/** A unit test says the same until its model does something else, or reads something else. */
function unitTestKey(
  { logic, node = '', unit }: ManifestTest,
  { nodes }: Manifest,
  resolved: (name: string) => ResolvedNode,
): string {
  const model = resolved(node);
  const tables = new Set([...model.inputs, ...unit!.given.map(({ table }) => table)]);
  const columns = [...tables].map((table) => [
    table,
    nodes.get(table)?.schema.columns.map(({ name, type }) => [name, type]),
  ]);
  return hash('unit', logic, model.logic, JSON.stringify(columns));
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
