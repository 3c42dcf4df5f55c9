import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';

/** These tables and all that they read, every view behind what it reads; a reader of what is gone stays out. */
export function inReadingOrder({ tables }: LakeSnapshot, included: readonly string[]): TableVersion[] {
  const placed = new Map<string, boolean>();
  const ordered: TableVersion[] = [];
  function place(table: string): boolean {
    const known = placed.get(table);
    if (known !== undefined) return known;
    const version = tables.get(table);
    placed.set(table, false);
    const readable = version !== undefined && (version.view?.reads ?? []).every(place);
    placed.set(table, readable);
    if (readable) ordered.push(version);
    return readable;
  }
  for (const table of included) place(table);
  return ordered;
}
