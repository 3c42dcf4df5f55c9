import { defineCommand } from '../command.js';
import { frozenFlag, outputFlags, projectFlags, runFlags, selectionFlags } from '../flags.js';
import { runOptions } from '../project-options.js';
import { reportRun } from '../report.js';

export const land = defineCommand({
  name: 'land',
  group: 'Build',
  summary: 'Lands sources only.',
  description:
    'Sources whose files did not change are not read again. A table of which a row fails a test does not land.',
  flags: { ...selectionFlags, ...runFlags, ...frozenFlag, ...projectFlags, ...outputFlags },
  examples: [
    ['etl land', 'all sources that changed'],
    ['etl land -s source:shop', 'one source'],
    ['etl land -s shop.orders -f', 'one table, even when its files are the same'],
  ],
  async run({ flags, cli }) {
    const options = await runOptions(flags, cli);
    const { land } = await import('../../api/index.js');
    return reportRun(cli, options.projectDir, (hooks) => land({ ...options, ...hooks }));
  },
});
