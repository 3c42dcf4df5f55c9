import { defineCommand, type Flag } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { projectOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

export const lineage = defineCommand({
  name: 'lineage',
  group: 'Look',
  summary: 'Shows which columns a column is made from, and where it goes.',
  description:
    'Found by DuckDB in the project as it is saved now, through macros, views and CTEs; nothing is run. Of a table each column is shown with its neighbours on either side, of a column the whole way. Besides the columns that a value is made from there are those that decide which rows there are: of filters, joins and groups.',
  arguments: [{ name: '<name>', help: 'a table, or one of its columns: orders, orders.net_usd' }],
  flags: {
    depth: {
      flags: '--depth <steps>',
      help: 'how far a column is followed (default: to the end)',
      parse: (text) => wholeNumber(text, '--depth', 1),
    } as Flag<number | undefined>,
    ...projectFlags,
    ...outputFlags,
  },
  examples: [
    ['etl lineage orders.net_usd', 'where it comes from, and what a change of it touches'],
    ['etl lineage orders', 'all columns of a table, one step each way'],
    ['etl lineage shop.orders.status --depth 2 --format json', 'for a program'],
  ],
  async run({ args: [name = ''], flags, cli }) {
    const options = { ...(await projectOptions(flags, cli)), name, depth: flags.depth };
    const api = await import('../../api/index.js');
    const { value, diagnostics } = await api.lineage(options);
    const exitCode = await reportDiagnostics(cli, options.projectDir, diagnostics, cli.json && !value);
    if (!value) return exitCode;
    if (cli.json) {
      cli.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    } else {
      const { lineageText } = await import('../../reporters/lineage-text.js');
      cli.stdout.write(`${lineageText(value, cli.style('stdout'))}\n`);
    }
    return exitCode;
  },
});
