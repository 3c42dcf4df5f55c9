import type { Manifest, ManifestTest } from '../ir/manifest.js';
import { noRows, type SampleOf } from './samples.js';

/**
 * Finds the tests that say nothing of tables into which no rows landed, and why not: rows that fail them are then there
 * for want of others. That is so of a test that needs rows of such a table, and of any that reads nothing else, since
 * a sum over no rows is a row too. Seeds, and models that make rows from nothing, have theirs all the same.
 */
export function emptyTables(input: {
  readonly manifest: Manifest;
  readonly sampleOf: SampleOf;
}): (test: ManifestTest) => string | undefined {
  const { manifest, sampleOf } = input;
  const known = new Map<string, boolean>();
  const isEmpty = (name: string) => sampleOf(name)?.split(', ').includes(noRows) === true;
  const find = (name: string): boolean => {
    const node = manifest.nodes.get(name);
    if (!node || node.kind === 'seed') return true;
    if (node.kind === 'source') return !isEmpty(name);
    return node.inputs.length === 0 || node.inputs.some(mayHaveRows);
  };
  const mayHaveRows = (name: string): boolean => {
    const found = known.get(name) ?? find(name);
    known.set(name, found);
    return found;
  };
  const lacksRows = ({ reads, needsRowsOf, unit }: ManifestTest): string | undefined => {
    if (unit) return undefined;
    if (needsRowsOf !== undefined && isEmpty(needsRowsOf)) return needsRowsOf;
    return reads.every((name) => isEmpty(name) && !mayHaveRows(name)) ? reads[0] : undefined;
  };
  return (test) => {
    const table = lacksRows(test);
    if (table === undefined) return undefined;
    const isSource = manifest.nodes.get(table)?.kind === 'source';
    return `${table} ${isSource ? 'landed without rows' : 'was built from no rows'} (--empty)`;
  };
}
