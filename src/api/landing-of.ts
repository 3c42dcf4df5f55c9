import { declaredRenames } from '../ir/declared-renames.js';
import type { NodeConfig, SourceTable } from '../ir/project.js';
import type { LandedPieces, TableVersion } from '../ir/table-version.js';
import type { OpenedSource } from '../ports/source-reader.js';
import { earlierColumns } from '../schema/carried-columns.js';
import type { TableSchema } from '../schema/table-schema.js';

/**
 * What is read of a source that has a `primary_key` or a `cursor`, so that landing only adds: the pieces that the
 * table does not hold yet, or all where what it holds would not fit. Undefined for all other sources.
 */
export function landingOf(
  { config }: SourceTable,
  now: LandedPieces,
  schema: TableSchema,
  current: TableVersion | undefined,
): Pick<OpenedSource, 'landed' | 'adds'> | undefined {
  const { primary_key: key, cursor } = config.options;
  if (key === undefined && cursor === undefined) return undefined;
  const known = current?.landed;
  if (!current || known?.reader !== now.reader || !keepsTypes(current, schema, config))
    return { landed: now };
  const changed = Object.keys(now.pieces).filter((name) => known.pieces[name] !== now.pieces[name]);
  if (key !== undefined)
    return { landed: { ...now, pieces: { ...known.pieces, ...now.pieces } }, adds: changed };
  // Without a key the rows of what a changed piece held before cannot be told from others.
  if (changed.some((name) => name in known.pieces)) return { landed: now };
  const before = earlierNames(changed, now.pieces, known.pieces);
  const renamed = new Set(before.values());
  const kept = Object.entries(known.pieces).filter(([name]) => !renamed.has(name));
  return {
    landed: { ...now, pieces: { ...Object.fromEntries(kept), ...now.pieces } },
    adds: changed.filter((name) => !before.has(name)),
  };
}

/** The names that pieces landed under: a new name for the contents of one that is gone is the same piece. */
function earlierNames(
  added: readonly string[],
  now: LandedPieces['pieces'],
  known: LandedPieces['pieces'],
): ReadonlyMap<string, string> {
  const gone = Object.keys(known).filter((name) => !(name in now));
  const found = new Map<string, string>();
  for (const name of added) {
    const at = gone.findIndex((old) => known[old] === now[name]);
    const [before] = at < 0 ? [] : gone.splice(at, 1);
    if (before !== undefined) found.set(name, before);
  }
  return found;
}

/** Rows that were read as one type may be other ones when they are read as another. */
function keepsTypes({ schema }: TableVersion, { columns }: TableSchema, config: NodeConfig): boolean {
  const earlier = earlierColumns(schema.columns, columns, declaredRenames(config));
  return (
    earlier.size === schema.columns.length && [...earlier].every(([now, before]) => now.type === before.type)
  );
}
