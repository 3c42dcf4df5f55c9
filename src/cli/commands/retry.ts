import { defineCommand } from '../command.js';
import { frozenFlag, outputFlags, projectFlags, runFlags } from '../flags.js';
import { runOptions } from '../project-options.js';
import { reportDiagnostics, reportRun } from '../report.js';

export const retry = defineCommand({
  name: 'retry',
  group: 'Build',
  summary: 'Does again what the last run here left undone.',
  description:
    'That is what failed or was skipped, and all that depends on it, in the target of the last run; of a backfill, ' +
    'the stretches of time that it did not build. What was committed stays. Give --vars again where the last run had them.',
  flags: { failFast: runFlags.failFast, ...frozenFlag, ...projectFlags, ...outputFlags },
  examples: [
    ['etl retry', 'after a failure was mended'],
    ['etl retry -x', 'stop at the first that fails again'],
  ],
  async run({ flags, cli }) {
    const unselected = { select: undefined, exclude: undefined, fullRefresh: undefined };
    const options = await runOptions({ ...flags, ...unselected }, cli);
    const { retry, unfinished } = await import('../../api/index.js');
    const left = await unfinished(options);
    if (left) return reportRun(cli, options.projectDir, (hooks) => retry({ ...options, ...hooks }, left));
    if (!cli.json && cli.detail !== 'quiet')
      cli.stdout.write('Nothing to retry: the last run left nothing undone.\n');
    return reportDiagnostics(cli, options.projectDir, [], cli.json);
  },
});
