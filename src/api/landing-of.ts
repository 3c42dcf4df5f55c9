import { declaredRenames } from '../ir/declared-renames.js';
import type { NodeConfig, SourceTable } from '../ir/project.js';
import type { LandedPieces, TableVersion } from '../ir/table-version.js';
import type { OpenedSource } from '../ports/source-reader.js';
import { earlierColumns } from '../schema/carried-columns.js';
import type { RuleId } from '../schema/compatibility-rules.js';
import { diffSchema } from '../schema/diff-schema.js';
import { sameNamesAndTypes } from '../schema/same-columns.js';
import type { TableSchema } from '../schema/table-schema.js';
import { hash } from '../util/hash.js';
import { own } from '../util/own.js';
import { landingRule } from './landing-rule.js';
import type { SourceEntry } from './source-states.js';

export interface Landing extends Pick<OpenedSource, 'landed' | 'adds'> {
  /** Why all pieces are read, although the table holds some of them. */
  readonly again?: string;
}

/**
 * What is read of a source that has a `primary_key` or a `cursor`, so that landing only adds: the pieces that the
 * table does not hold yet, or all where what it holds would not fit. All other sources are read as a whole.
 */
export function landingOf(
  { config }: SourceTable,
  { pieces, narrowed }: { readonly pieces: LandedPieces; readonly narrowed?: true | undefined },
  schema: TableSchema,
  current: TableVersion | undefined,
): Landing {
  const now: LandedPieces = { ...pieces, ...(narrowed && { narrowed }) };
  const rule = landingRule(config);
  const known = current?.landed;
  if (!rule) return known ? { again: 'it has neither a `primary_key` nor a `cursor` any more' } : {};
  const all = { landed: { ...now, rule } };
  if (!current || !known) return all;
  if (known.rule && JSON.stringify(known.rule) !== JSON.stringify(rule))
    return { ...all, again: 'its `primary_key` or `cursor` is another one now' };
  if (known.reader !== now.reader)
    return { ...all, again: 'its options say that files are read differently' };
  if (known.narrowed && !sameNamesAndTypes(schema, current.schema))
    return { ...all, again: 'its files have more than what landed of them' };
  const isLost = lostPieces(known, now).length > 0;
  if (!keepsTypes(current, schema, config, isLost))
    return { ...all, again: 'its columns have other types, or are gone' };

  const changed = Object.keys(now.pieces).filter((name) => own(known.pieces, name) !== own(now.pieces, name));
  const replaced = changed.filter((name) => Object.hasOwn(known.pieces, name));
  const added = { ...all.landed, ...(known.narrowed && { narrowed: known.narrowed }) };
  if (rule.key) {
    const past = [...new Set([...(known.replaced ?? []), ...replaced])].sort();
    const replacing = past.length > 0 && { replaced: past };
    return { landed: { ...added, pieces: { ...known.pieces, ...now.pieces }, ...replacing }, adds: changed };
  }
  // Without a key the rows of what a changed piece held before cannot be told from others.
  if (replaced.length > 0)
    return {
      ...all,
      again: `${replaced[0]} changed, and without a \`primary_key\` all files land again then`,
    };
  const before = earlierNames(changed, now.pieces, known.pieces);
  const renamed = new Set(before.values());
  const kept = Object.entries(known.pieces).filter(([name]) => !renamed.has(name));
  return {
    landed: { ...added, pieces: { ...Object.fromEntries(kept), ...now.pieces } },
    adds: changed.filter((name) => !before.has(name)),
  };
}

/**
 * The data key of a source's rows once it landed: where the table keeps rows that no piece has any more, these are
 * part of what it stands for.
 */
export function landingKey(
  table: SourceTable,
  { dataKey, pieces, narrowed }: SourceEntry,
  schema: TableSchema,
  current: TableVersion | undefined,
): string {
  if (!pieces) return dataKey;
  const { landed, adds } = landingOf(table, { pieces, narrowed }, schema, current);
  const kept = landed && adds ? lostPieces(landed, pieces) : [];
  return kept.length === 0
    ? dataKey
    : hash('kept', dataKey, ...kept.flatMap((name) => [name, landed!.pieces[name]!]));
}

/** Names of the pieces of which the table may hold rows that no piece has now: gone, or with other contents. */
export function lostPieces(landed: LandedPieces, { pieces }: LandedPieces): readonly string[] {
  const contents = new Set(Object.values(pieces));
  const gone = Object.keys(landed.pieces).filter((name) => !contents.has(landed.pieces[name]!));
  // Without a key a file that changed stands for all that it ever held.
  const isKeyed = landed.rule ? landed.rule.key !== undefined : landed.replaced !== undefined;
  const lost = isKeyed ? gone : gone.filter((name) => !Object.hasOwn(pieces, name));
  return [...new Set([...lost, ...(landed.replaced ?? [])])].sort();
}

/** The names that pieces landed under: a new name for the contents of one that is gone is the same piece. */
function earlierNames(
  added: readonly string[],
  now: LandedPieces['pieces'],
  known: LandedPieces['pieces'],
): ReadonlyMap<string, string> {
  const gone = Object.keys(known).filter((name) => !Object.hasOwn(now, name));
  const found = new Map<string, string>();
  for (const name of added) {
    const at = gone.findIndex((old) => own(known, old) === own(now, name));
    const [before] = at < 0 ? [] : gone.splice(at, 1);
    if (before !== undefined) found.set(name, before);
  }
  return found;
}

/** Changes of columns through which every value stays what it is, so that it need not be read again. */
const harmless: ReadonlySet<RuleId> = new Set([
  'column-added-nullable',
  'column-added-inside',
  'column-renamed-declared',
  'columns-reordered',
  'field-added',
  'field-added-inside',
  'field-renamed-declared',
  'fields-reordered',
  'type-widened',
  'int-to-double',
  'decimal-rescaled',
]);

/**
 * Rows that were read as one type may be other ones when they are read as another. Those that cannot be read again
 * go on in a type that holds the same values.
 */
function keepsTypes(
  { schema }: TableVersion,
  { columns }: TableSchema,
  config: NodeConfig,
  isLost: boolean,
): boolean {
  const renames = declaredRenames(config);
  const earlier = earlierColumns(schema.columns, columns, renames);
  if (earlier.size !== schema.columns.length) return false;
  const changed = [...earlier].filter(([now, before]) => now.type !== before.type);
  if (changed.length === 0 || !isLost) return changed.length === 0;
  const plain = (all: TableSchema['columns']) => ({ columns: all.map(({ name, type }) => ({ name, type })) });
  const changes = diffSchema(plain(schema.columns), plain(columns), { renames });
  return changes.every(({ rule }) => harmless.has(rule));
}
