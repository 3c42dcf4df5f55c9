import { defineCommand, type Flag, UsageError } from '../command.js';
import { outputFlags, projectFlags, runFlags } from '../flags.js';
import { runOptions } from '../project-options.js';
import { reportRun } from '../report.js';

export const backfill = defineCommand({
  name: 'backfill',
  group: 'Build',
  summary: 'Builds a stretch of time of a model that is built by intervals.',
  description:
    'For models with `strategy: time_range`: after late data, or when what they read was mended. It commits part by ' +
    'part, and intervals that were built from the same inputs by the same query are left alone, so that a backfill ' +
    'that was cut off goes on where it was. What the model reads is taken as the lake has it. A build takes only the ' +
    'last intervals of what reads the model, so `events+` lets all that reads events follow: by intervals over the ' +
    'same stretch of time, everything else as a build does.',
  arguments: [{ name: '<model>', help: 'the model; or a selector, such as events+ with all that reads it' }],
  flags: {
    from: { flags: '--from <moment>', help: 'first moment, such as 2024-01-01' } as Flag<string | undefined>,
    to: {
      flags: '--to <moment>',
      help: 'moment to build up to, exclusive (default: the end of what was built)',
    } as Flag<string | undefined>,
    again: {
      flags: '--again',
      help: 'also intervals that were built from the same inputs',
    } as Flag<boolean | undefined>,
    failFast: runFlags.failFast,
    ...projectFlags,
    ...outputFlags,
  },
  examples: [
    ['etl backfill events --from 2024-01-01 --to 2024-02-01', 'January'],
    ['etl backfill events --from 2024-06-01', 'all since June'],
    ['etl backfill events+ --from 2024-06-01', 'and of all that reads them'],
  ],
  async run({ args, flags, cli }) {
    const { from, to, again } = flags;
    if (from === undefined) throw new UsageError('etl backfill needs --from, such as --from 2024-01-01.');
    const unused = { select: undefined, exclude: undefined, fullRefresh: undefined };
    const options = await runOptions({ ...flags, ...unused }, cli);
    const { backfill } = await import('../../api/index.js');
    const model = args[0]!;
    return reportRun(cli, options.projectDir, (hooks) =>
      backfill({ ...options, ...hooks, model, from, to, again }),
    );
  },
});
