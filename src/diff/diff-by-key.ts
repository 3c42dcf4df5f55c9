import type { RowDiff, SampleRow } from '../ir/table-diff.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { differs, sideColumns } from './compared-columns.js';
import { asText, differences, newRows, oldRows, type PreparedDiff, sampleRows } from './prepared-diff.js';

/** Pairs rows by a key that is unique on both sides. Only what differs is kept, as keys with a flag a column. */
export async function diffByKey(diff: PreparedDiff): Promise<RowDiff> {
  const { connection, columns, keyColumns } = diff;
  const values = columns.filter((column) => !keyColumns.includes(column));
  const matched = 'o.is_there and n.is_there';
  const flags = values.map((column, i) => `coalesce(${matched} and ${differs(column)}, false) as f${i}`);
  const keys = keyColumns.map(({ alias }) => `coalesce(n.${alias}, o.${alias}) as ${alias}`);
  const kind = `case when o.is_there is null then 'added' when n.is_there is null then 'removed' else 'changed' end as kind`;
  const same = keyColumns.map(({ alias }) => `o.${alias} is not distinct from n.${alias}`);
  const changed = [`o.is_there is null`, 'n.is_there is null', ...values.map(differs)];
  await connection.run(
    `create or replace temp table ${differences} as
     select ${[...keys, kind, ...flags].join(', ')}
     from (select ${sideColumns(columns, 'from')}, true as is_there from ${oldRows}) as o
     full join (select ${sideColumns(columns, 'to')}, true as is_there from ${newRows}) as n on ${same.join(' and ')}
     where ${changed.join(' or ')}`,
  );
  const [counts] = await connection.rows(
    `select ${[
      ...['added', 'removed', 'changed'].map((each) => `count(*) filter (kind = '${each}') as ${each}`),
      ...values.map((_, i) => `count(*) filter (f${i}) as f${i}`),
    ].join(', ')} from ${differences}`,
  );
  const count = (name: string) => Number(counts![name]);
  const changedColumns = values
    .map((column, i) => ({ column, changedCount: count(`f${i}`), flag: `f${i}` }))
    .filter(({ changedCount }) => changedCount > 0);
  return {
    key: keyColumns.map(({ to }) => to.name),
    addedCount: count('added'),
    removedCount: count('removed'),
    changedCount: count('changed'),
    columns: changedColumns
      .map(({ column, changedCount }) => ({ name: column.to.name, changedCount }))
      .sort((a, b) => b.changedCount - a.changedCount),
    samples: {
      added: await oneSided(diff, 'added'),
      removed: await oneSided(diff, 'removed'),
      changed: await changedRows(diff, changedColumns),
    },
  };
}

function sampledKeys({ keyColumns, sampleCount }: PreparedDiff, kind: string): string {
  const keys = keyColumns.map(({ alias }) => alias).join(', ');
  return `(select * from ${differences} where kind = '${kind}' order by ${keys} limit ${sampleCount}) as d`;
}

function joinOn({ keyColumns }: PreparedDiff, table: string, side: 'from' | 'to'): string {
  return keyColumns
    .map(({ from, to, alias }) => {
      const name = `${table}.${quoteIdentifier((side === 'from' ? from : to).name)}`;
      const value = side === 'from' && from.type !== to.type ? `try_cast(${name} as ${to.type})` : name;
      return `${value} is not distinct from d.${alias}`;
    })
    .join(' and ');
}

function oneSided(diff: PreparedDiff, kind: 'added' | 'removed'): Promise<readonly SampleRow[]> {
  const side = kind === 'added' ? 'to' : 'from';
  const rows = kind === 'added' ? newRows : oldRows;
  const keys = diff.keyColumns.map(({ alias }) => `d.${alias}`).join(', ');
  return sampleRows(
    diff.connection,
    `select ${asText(diff[side].schema, 'r')} from ${sampledKeys(diff, kind)}
     join ${rows} as r on ${joinOn(diff, 'r', side)} order by ${keys}`,
  );
}

function changedRows(
  diff: PreparedDiff,
  changed: readonly { readonly column: PreparedDiff['columns'][number]; readonly flag: string }[],
): Promise<readonly SampleRow[]> {
  const text = (value: string) => `coalesce(cast(${value} as varchar), 'NULL')`;
  const keys = diff.keyColumns.map(
    ({ to, alias }) => `cast(d.${alias} as varchar) as ${quoteIdentifier(to.name)}`,
  );
  const values = changed.map(({ column: { from, to }, flag }) => {
    const [old, now] = [`o.${quoteIdentifier(from.name)}`, `n.${quoteIdentifier(to.name)}`];
    const shown = `case when d.${flag} then ${text(old)} || ' → ' || ${text(now)} else cast(${now} as varchar) end`;
    return `${shown} as ${quoteIdentifier(to.name)}`;
  });
  return sampleRows(
    diff.connection,
    `select ${[...keys, ...values].join(', ')} from ${sampledKeys(diff, 'changed')}
     join ${oldRows} as o on ${joinOn(diff, 'o', 'from')}
     join ${newRows} as n on ${joinOn(diff, 'n', 'to')}
     order by ${diff.keyColumns.map(({ alias }) => `d.${alias}`).join(', ')}`,
  );
}
