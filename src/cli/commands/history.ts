import type { TableHistoryEntry } from '../../api/history.js';
import type { LakeCommit } from '../../lake/history.js';
import { formatBytes } from '../../util/format-units.js';
import type { Cli } from '../cli.js';
import { defineCommand, type Flag } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { printTable } from '../print-table.js';
import { projectOptions } from '../project-options.js';

export const history = defineCommand({
  name: 'history',
  group: 'Look',
  summary: 'Lists the commits of the lake, or of one table.',
  description: 'Newest first. Rows and size are empty where a version was vacuumed or the table was dropped.',
  arguments: [{ name: '[table]', help: 'a table, named as in models' }],
  flags: {
    limit: {
      flags: '-n, --limit <commits>',
      help: 'commits at most',
      default: 20,
      parse: (text) => wholeNumber(text, '--limit', 1),
    } as Flag<number>,
    ...projectFlags,
    ...outputFlags,
  },
  examples: [
    ['etl history', 'the last commits'],
    ['etl history orders', 'when orders changed, and how many rows it had'],
  ],
  async run({ args: [table], flags, cli }) {
    const options = { ...(await projectOptions(flags, cli)), limit: flags.limit };
    const api = await import('../../api/index.js');
    if (table === undefined) await print(cli, await api.commits(options), commitColumns, commitRow);
    else await print(cli, await api.history({ ...options, table }), tableColumns, tableRow);
    return 0;
  },
});

async function print<T>(
  cli: Cli,
  found: readonly T[],
  columns: readonly string[],
  row: (item: T) => readonly unknown[],
): Promise<void> {
  if (cli.json) return cli.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
  if (found.length === 0) return cli.stdout.write('The lake has no commits yet.\n');
  await printTable(cli, columns, found.map(row));
}

const commitColumns = ['commit', 'at', 'by', 'changed', 'dropped'];

function commitRow({ commit, createdAt, operation, changedTables, droppedTables }: LakeCommit): unknown[] {
  return [commit, readable(createdAt), operation, changedTables.join(', '), droppedTables.join(', ')];
}

const tableColumns = ['commit', 'at', 'by', 'rows', 'size', 'files', 'columns changed'];

function tableRow({ commit, createdAt, operation, versionId, ...version }: TableHistoryEntry): unknown[] {
  const { rowCount, sizeBytes, fileCount, schemaChanges = [] } = version;
  const by = versionId === null ? `${operation} (dropped)` : operation;
  const size = sizeBytes === undefined ? null : formatBytes(sizeBytes);
  return [
    commit,
    readable(createdAt),
    by,
    rowCount ?? null,
    size,
    fileCount ?? null,
    schemaChanges.join(' '),
  ];
}

function readable(isoTime: string): string {
  return isoTime.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}
