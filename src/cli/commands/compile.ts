import { countOf } from '../../util/format-units.js';
import { defineCommand } from '../command.js';
import { outputFlags, projectFlags, selectionFlags } from '../flags.js';
import { compileOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

export const compile = defineCommand({
  name: 'compile',
  group: 'Build',
  summary: 'Writes the SQL that runs, and the manifest.',
  description: 'Does what check does and writes .etl/compiled/**/*.sql and .etl/manifest.json.',
  flags: { ...selectionFlags, ...projectFlags, ...outputFlags },
  examples: [['etl compile', 'the whole project']],
  async run({ flags, cli }) {
    const options = await compileOptions(flags, cli);
    const { compile } = await import('../../api/index.js');
    const { value, diagnostics } = await compile(options);
    const exitCode = await reportDiagnostics(cli, options.projectDir, diagnostics, cli.json);
    if (exitCode === 0 && value && !cli.json && cli.detail !== 'quiet') {
      const counts = `${countOf(value.nodes, 'node')}, ${countOf(value.tests, 'test')}`;
      cli.stdout.write(
        `Compiled ${counts}${value.isUnwritten ? '.' : ': .etl/compiled, .etl/manifest.json'}\n`,
      );
    }
    return exitCode;
  },
});
