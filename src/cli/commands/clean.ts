import { defineCommand } from '../command.js';
import { outputFlags, projectFlags } from '../flags.js';
import { projectOptions } from '../project-options.js';

export const clean = defineCommand({
  name: 'clean',
  group: 'Care',
  summary: 'Removes what can be made again, never a lake.',
  flags: { ...projectFlags, ...outputFlags },
  examples: [['etl clean', 'removes caches, compiled SQL and temporary files']],
  async run({ flags, cli }) {
    const { clean } = await import('../../api/index.js');
    const removed = await clean(await projectOptions(flags, cli));
    if (cli.json) cli.stdout.write(`${JSON.stringify(removed)}\n`);
    else if (cli.detail !== 'quiet') {
      cli.stdout.write(
        removed.length === 0 ? 'Nothing to remove.\n' : removed.map((path) => `removed ${path}\n`).join(''),
      );
    }
    return 0;
  },
});
