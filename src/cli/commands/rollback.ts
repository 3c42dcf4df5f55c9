import { countOf } from '../../util/format-units.js';
import { defineCommand, UsageError } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { projectOptions } from '../project-options.js';

export const rollback = defineCommand({
  name: 'rollback',
  group: 'Care',
  summary: 'Makes tables what they were after an earlier commit.',
  description:
    'It is a new commit, so nothing is lost and it can be rolled back too. Published folders follow. The next ' +
    'build makes again what the project then says differently.',
  arguments: [
    { name: '<commit>', help: 'the commit whose state is wanted, as etl history shows it' },
    { name: '[tables...]', help: 'only these tables (default: all)' },
  ],
  flags: { ...projectFlags, ...outputFlags },
  examples: [
    ['etl rollback 12', 'the whole lake as commit 12 left it'],
    ['etl rollback 12 orders customers', 'two tables'],
  ],
  async run({ args, flags, cli }) {
    const [commit = '', ...tables] = args.filter((arg) => arg !== undefined);
    if (!/^\d+$/.test(commit))
      throw new UsageError(`rollback needs the number of a commit, not "${commit}".`);
    const to = wholeNumber(commit, 'rollback', 0);
    const options = await projectOptions(flags, cli);
    const { rollback } = await import('../../api/index.js');
    const { commit: made, changes } = await rollback({
      ...options,
      to,
      ...(tables.length > 0 && { tables }),
    });
    if (cli.json) {
      cli.stdout.write(`${JSON.stringify({ commit: made ?? null, changes: Object.fromEntries(changes) })}\n`);
    } else if (made === undefined) {
      cli.stdout.write(`Nothing to do: the tables are as commit ${to} left them.\n`);
    } else if (cli.detail !== 'quiet') {
      for (const [table, id] of changes)
        cli.stdout.write(`${id === null ? 'dropped' : 'restored'} ${table}\n`);
      cli.stdout.write(`Commit ${made}: ${countOf(changes.size, 'table')} as commit ${to} left them.\n`);
    }
    return 0;
  },
});
