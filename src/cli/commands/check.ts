import { countOf } from '../../util/format-units.js';
import { isCi } from '../cli.js';
import { defineCommand } from '../command.js';
import { frozenFlag, outputFlags, projectFlags, selectionFlags } from '../flags.js';
import { compileOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

export const check = defineCommand({
  name: 'check',
  group: 'Build',
  summary: 'Finds everything that is wrong in the project, without running anything.',
  description:
    'Every model is bound against the columns of its inputs, so that an unknown column is found too, and published ' +
    'tables and sources are compared with their schema pins.',
  flags: { ...selectionFlags, ...frozenFlag, ...projectFlags, ...outputFlags },
  examples: [
    ['etl check', 'the whole project'],
    ['etl check --format json', 'for editors and scripts'],
  ],
  async run({ flags, cli }) {
    const options = await compileOptions(flags, cli);
    const { check } = await import('../../api/index.js');
    const { value, diagnostics } = await check({ ...options, frozen: flags.frozen ?? isCi(cli.env) });
    const exitCode = await reportDiagnostics(cli, options.projectDir, diagnostics, cli.json);
    if (exitCode === 0 && value && !cli.json && cli.detail !== 'quiet') {
      cli.stdout.write(
        `All good: ${countOf(value.nodes.size, 'node')}, ${countOf(value.tests.length, 'test')}.\n`,
      );
    }
    return exitCode;
  },
});
