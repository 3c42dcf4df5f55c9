import type { LoggedRun } from '../../api/run-log.js';
import { formatDuration } from '../../util/format-units.js';
import { defineCommand, type Flag } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { printTable } from '../print-table.js';
import { projectOptions } from '../project-options.js';

export const runs = defineCommand({
  name: 'runs',
  group: 'Look',
  summary: 'Lists the last runs, and what became of them.',
  description:
    'Newest first: runs of this machine, failed ones too, and commits that others made. Without --target, of all ' +
    'targets that ran here.',
  flags: {
    limit: {
      flags: '-n, --limit <runs>',
      help: 'runs at most',
      default: 20,
      parse: (text) => wholeNumber(text, '--limit', 1),
    } as Flag<number>,
    ...projectFlags,
    ...outputFlags,
  },
  examples: [
    ['etl runs', 'the last runs'],
    ['etl runs -n 1 --format json', 'the last one, for a script'],
  ],
  async run({ flags, cli }) {
    const { runs } = await import('../../api/index.js');
    const found = await runs({ ...(await projectOptions(flags, cli)), limit: flags.limit });
    if (cli.json) {
      cli.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    } else if (found.length === 0) {
      cli.stdout.write('There were no runs yet.\n');
    } else {
      await printTable(cli, titles, found.map(cells));
    }
    return 0;
  },
});

const titles = ['at', 'target', 'by', 'status', 'commit', 'made', 'reused', 'took', 'failed'];

function cells(run: LoggedRun): unknown[] {
  const { startedAt, target, operation, status, commit, madeCount, reusedCount, durationMs, failed } = run;
  return [
    startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
    target,
    operation,
    status ?? 'committed',
    commit ?? null,
    madeCount ?? null,
    reusedCount ?? null,
    durationMs === undefined ? null : formatDuration(durationMs),
    failed?.join(', ') || null,
  ];
}
