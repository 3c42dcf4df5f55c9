import { defineCommand, type Flag, UsageError } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { holdsSql } from '../holds-sql.js';
import { projectOptions } from '../project-options.js';
import { rowFlags, writeRows } from '../rows.js';

export const show = defineCommand({
  name: 'show',
  group: 'Look',
  summary: 'Runs a model on its inputs as they are, and stores nothing.',
  description:
    'For looking at a model while it is written: its SQL as saved now, over the tables that the lake holds.',
  arguments: [
    { name: '[name]', help: 'a model, seed or source table; or a data test, for the rows that fail it' },
  ],
  flags: {
    ...rowFlags,
    inline: { flags: '--inline <sql>', help: 'SQL with ${…} instead of a name' } as Flag<string | undefined>,
    limit: {
      flags: '-n, --limit <count>',
      help: 'how many rows',
      default: 10,
      parse: (text) => wholeNumber(text, '--limit', 0),
    } as Flag<number>,
    ...projectFlags,
    color: outputFlags.color,
  },
  examples: [
    ['etl show orders', 'the first rows'],
    ['etl show unique_orders_order_id', 'the rows that fail a test'],
    ['etl show orders -n 1000 --format csv', 'more of them, as CSV'],
    ['etl show --inline "select ${centsToDollars(\'amount\')} from stg_orders"', 'try a macro'],
  ],
  async run({ args, flags, cli }) {
    const name = args[0];
    const { inline } = flags;
    if ((name === undefined) === (inline === undefined) || (inline !== undefined && !holdsSql(inline))) {
      throw new UsageError('show needs the name of a model, or --inline with SQL.');
    }
    const options = { ...(await projectOptions(flags, cli)), name, inline, limit: flags.limit };
    return writeRows(cli, flags.format, {
      async rows() {
        const { show } = await import('../../api/index.js');
        return show(options);
      },
      async file(format) {
        const { exportShown } = await import('../../api/index.js');
        return exportShown({ ...options, format });
      },
    });
  },
});
