import type { ManifestNode } from '../ir/manifest.js';
import type { TableVersion } from '../ir/table-version.js';
import { quoteIdentifier, quoteString } from '../util/sql-quote.js';
import { namesOption, textOption } from './read-options.js';
import { addedNames, keepsDeletions } from './snapshot-columns.js';

export interface SnapshotInput {
  readonly node: ManifestNode;
  /** The table of all rows as they are now. */
  readonly seen: string;
  /** The history so far, which the name of the node stands for in SQL, with the columns that it has now. */
  readonly current: TableVersion | undefined;
  readonly startedAt: string;
}

/**
 * A SELECT of what a new look at the rows adds to their history: records that end, with their end, and records
 * that begin. A record begins when its row says; where that is not after what is known, it begins now.
 */
export function snapshotChanges({ node, seen: rows, current, startedAt }: SnapshotInput): string {
  const { columns } = node.schema;
  const time = columns.find((column) => column.name === 'valid_from')!.type;
  const hardDeletes = node.config.options.hard_deletes ?? 'ignore';
  // Without such records it is a column of the query, or one that is left of earlier ones.
  const keepsDeleted = keepsDeletions(node.config);
  const added = addedNames(node.config);
  const own = columns.map((column) => column.name).filter((name) => !added.has(name));
  const key = namesOption(node.config, 'unique_key').map(quoteIdentifier);
  const updatedAt = textOption(node.config, 'updated_at');
  const now = `cast(timestamptz ${quoteString(startedAt)} ${time === 'TIMESTAMP' ? `at time zone 'UTC' ` : ''}as ${time})`;
  const startOf = (table: string) =>
    updatedAt === undefined
      ? now
      : `coalesce(cast(${table}.${quoteIdentifier(updatedAt)} as ${time}), ${now})`;
  const names = own.map(quoteIdentifier).join(', ');
  const deleted = (value: boolean) => (keepsDeleted ? `, ${value} as is_deleted` : '');

  const seen = `seen as (select ${names} from ${quoteIdentifier(rows)})`;
  if (!current) {
    return `with ${seen}
select ${names}, ${startOf('seen')} as valid_from, cast(null as ${time}) as valid_to, true as is_current${deleted(false)} from seen`;
  }

  const same = (left: string, right: string) =>
    key.map((name) => `${left}.${name} is not distinct from ${right}.${name}`).join(' and ');
  const of = (table: string) => own.map((name) => `${table}.${quoteIdentifier(name)}`).join(', ');
  const wasDeleted = keepsDeleted ? 'coalesce(is_deleted, false)' : 'false';
  const history = `history as (select ${names}, valid_from, valid_to, is_current, ${wasDeleted} as was_deleted from ${quoteIdentifier(node.name)})`;
  const step = `interval 1 microsecond`;
  const later = (moment: string) => `greatest(${moment}, last.valid_from + ${step}, last.valid_to)`;
  // Where it does not say that it changed since, what is known held until now.
  const begins = (moment: string) =>
    `case when ${moment} > coalesce(last.valid_to, last.valid_from) then ${moment} else ${later(now)} end`;
  const changed = `(last.was_deleted or not last.is_current or ${isChanged(node, own, updatedAt)})`;
  const starts = startOf('seen');
  const parts = [
    // Things that were never seen.
    `select ${of('seen')}, ${starts} as valid_from, null as valid_to, true as is_current${deleted(false)}
     from seen where not exists (select 1 from last where ${same('last', 'seen')})`,
    // New states of things that are known; a thing that had gone comes back.
    `select ${of('seen')}, begins as valid_from, null as valid_to, true as is_current${deleted(false)} from changes`,
    // What these replace, ended.
    `select ${of('last')}, valid_from, begins as valid_to, false as is_current${keepsDeleted ? ', was_deleted as is_deleted' : ''}
     from changes where is_current`,
  ];
  if (hardDeletes !== 'ignore') {
    const gone = `last where is_current and not was_deleted and not exists (select 1 from seen where ${same('seen', 'last')})`;
    parts.push(
      `select ${of('last')}, valid_from, ${later(now)} as valid_to, false as is_current${deleted(false)} from ${gone}`,
    );
    if (hardDeletes === 'new_record') {
      parts.push(
        `select ${of('last')}, ${later(now)} as valid_from, null as valid_to, true as is_current${deleted(true)} from ${gone}`,
      );
    }
  }
  return `with ${seen},
${history},
last as (select * from history qualify row_number() over (partition by ${key.join(', ')} order by valid_from desc) = 1),
changes as (
  select seen, last, ${begins(starts)} as begins, last.is_current as is_current, last.was_deleted as was_deleted, last.valid_from as valid_from
  from seen join last on ${same('last', 'seen')} where ${changed})
${parts.join('\nunion all by name\n')}`;
}

/** A SELECT of records that hold while another one of the same key does: that key is not the one they were kept by. */
export function overlappingRecords({ name, config, schema }: ManifestNode): string {
  const key = namesOption(config, 'unique_key').map(quoteIdentifier).join(', ');
  const time = schema.columns.find((column) => column.name === 'valid_from')!.type;
  const until = `coalesce(valid_to, cast('infinity' as ${time}))`;
  const before = `partition by ${key} order by valid_from rows between unbounded preceding and 1 preceding`;
  return `select ${key} from (
  select *, max(${until}) over (${before}) as "held until" from ${quoteIdentifier(name)}
) where valid_from < "held until" order by all`;
}

/** Whether a row is another than the one that is known. */
function isChanged(node: ManifestNode, own: readonly string[], updatedAt: string | undefined): string {
  if (updatedAt !== undefined) {
    const column = quoteIdentifier(updatedAt);
    return `(seen.${column} > last.${column} or (seen.${column} is not null and last.${column} is null))`;
  }
  const checked = namesOption(node.config, 'check_columns');
  const key = new Set(namesOption(node.config, 'unique_key').map((name) => name.toLowerCase()));
  const compared = checked.includes('all') ? own.filter((name) => !key.has(name.toLowerCase())) : checked;
  if (compared.length === 0) return 'false';
  const pairs = compared.map((name) => {
    const column = quoteIdentifier(name);
    return `seen.${column} is distinct from last.${column}`;
  });
  return `(${pairs.join(' or ')})`;
}
