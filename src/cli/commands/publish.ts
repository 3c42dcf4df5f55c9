import { countOf } from '../../util/format-units.js';
import { defineCommand } from '../command.js';
import { outputFlags, projectFlags } from '../flags.js';
import { projectOptions } from '../project-options.js';

export const publish = defineCommand({
  name: 'publish',
  group: 'Care',
  summary: 'Finishes the published folders of what is committed.',
  description:
    'Every build finishes what an earlier one left. This also writes files again that somebody took away, and nothing that is as the lake has it.',
  flags: { ...projectFlags, ...outputFlags },
  examples: [['etl publish', 'after a build that was cut off']],
  async run({ flags, cli }) {
    const options = await projectOptions(flags, cli);
    const { publish } = await import('../../api/index.js');
    const done = await publish(options);
    if (cli.json) cli.stdout.write(`${JSON.stringify(done)}\n`);
    else if (cli.detail !== 'quiet') {
      if (done.length === 0)
        cli.stdout.write('Nothing to do: all published tables are as the lake has them.\n');
      for (const { table, versionId, writtenCount, finished } of done) {
        const what = versionId === null ? 'taken back' : 'published';
        const rest = finished ? '' : '; another run is at it and will finish it';
        cli.stdout.write(`${table}: ${what}, ${countOf(writtenCount, 'file')} written${rest}\n`);
      }
    }
    return 0;
  },
});
