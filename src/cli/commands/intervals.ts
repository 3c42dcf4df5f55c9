import type { IntervalStretch, TableIntervals } from '../../api/intervals.js';
import { momentText } from '../../reporters/moment-text.js';
import { suggestedCommand } from '../../reporters/suggested-command.js';
import { defineCommand } from '../command.js';
import { outputFlags, projectFlags } from '../flags.js';
import { printTable } from '../print-table.js';
import { projectOptions } from '../project-options.js';

export const intervals = defineCommand({
  name: 'intervals',
  group: 'Look',
  summary: 'Lists which intervals of time were built, and which lack.',
  description:
    'As the tables of the lake record it: models with strategy: time_range. The next build makes those that lack.',
  arguments: [{ name: '[table]', help: 'a table, named as in models (default: all, a line each)' }],
  flags: { ...projectFlags, ...outputFlags },
  examples: [
    ['etl intervals', 'how far each table reaches, and what lacks'],
    ['etl intervals events', 'every stretch of one table'],
  ],
  async run({ args: [table], flags, cli }) {
    const options = await projectOptions(flags, cli);
    const api = await import('../../api/index.js');
    const found = await api.intervals({ ...options, ...(table !== undefined && { table }) });
    if (cli.json) cli.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    else if (found.length === 0)
      cli.stdout.write('No table of the lake is built by intervals of time: strategy: time_range.\n');
    else if (table === undefined) await printTable(cli, tableColumns, found.map(tableRow));
    else await printTable(cli, stretchColumns, found[0]!.stretches.map(stretchRow));
    const lacking = found.filter(({ missingCount }) => missingCount > 0).map((each) => each.table);
    if (!cli.json && lacking.length > 0) {
      const command = suggestedCommand(
        ['build', ...lacking.flatMap((name) => ['-s', name])],
        cli.projectFlags,
      );
      cli.stdout.write(`To build what lacks: ${command}\n`);
    }
    return 0;
  },
});

const tableColumns = ['table', 'interval', 'from', 'to', 'built', 'missing'];

function tableRow({ table, interval, begin, end, builtCount, missingCount }: TableIntervals): unknown[] {
  return [table, interval, momentText(begin), momentText(end), builtCount, missingCount];
}

const stretchColumns = ['from', 'to', 'intervals', 'state'];

function stretchRow({ start, end, count, state }: IntervalStretch): unknown[] {
  return [momentText(start), momentText(end), count, state];
}
