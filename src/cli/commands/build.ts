import { defineCommand, type Flag } from '../command.js';
import { frozenFlag, outputFlags, projectFlags, runFlags, selectionFlags } from '../flags.js';
import { runOptions } from '../project-options.js';
import { reportRun } from '../report.js';
import { printPlan } from './plan.js';

export const build = defineCommand({
  name: 'build',
  group: 'Build',
  summary: 'Lands sources, builds models, tests them and commits what is sound.',
  description:
    'What did not change is reused. All that a run makes becomes visible in one commit; a table that fails a ' +
    'test of severity error stays out of it, with all that is derived from it.',
  flags: {
    ...selectionFlags,
    ...runFlags,
    ...frozenFlag,
    dryRun: { flags: '--dry-run', help: 'print the plan and do nothing' } as Flag<boolean | undefined>,
    ...projectFlags,
    ...outputFlags,
  },
  examples: [
    ['etl build', 'everything that changed'],
    ['etl build -s +orders', 'orders and all it needs'],
    ['etl build -s state:modified+ --dry-run', 'what a change would set off'],
    ['etl build -s state:modified+ --defer --state prod', 'what differs from prod, reading the rest there'],
    ['etl build -t prod --vars start_date=2025-01-01', 'another target and another variable'],
  ],
  async run({ flags, cli }) {
    const options = await runOptions(flags, cli);
    if (flags.dryRun) return printPlan(options, cli);
    const { build } = await import('../../api/index.js');
    return reportRun(cli, options.projectDir, (hooks) => build({ ...options, ...hooks }));
  },
});
