import { printable } from '../../ir/printable-sql.js';
import { paint } from '../../util/text-style.js';
import { isLiveTerminal } from '../cli.js';
import { defineCommand } from '../command.js';
import { outputFlags, projectFlags, selectionFlags } from '../flags.js';
import { compileOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

export const ls = defineCommand({
  name: 'ls',
  group: 'Look',
  summary: 'Lists nodes: sources, seeds and models.',
  description:
    'On a terminal with kind and file; elsewhere one name a line. Data tests are listed where they are chosen by themselves.',
  flags: { ...selectionFlags, ...projectFlags, ...outputFlags },
  examples: [
    ['etl ls', 'everything'],
    ['etl ls -s orders+', 'what depends on orders'],
    ['etl ls -s config.materialized:view tag:nightly', 'views, and what is tagged nightly'],
  ],
  async run({ flags, cli }) {
    const options = await compileOptions(flags, cli);
    const { list } = await import('../../api/index.js');
    const { value: { nodes, tests } = { nodes: [], tests: [] }, diagnostics } = await list(options);
    const exitCode = await reportDiagnostics(cli, options.projectDir, diagnostics);
    if (cli.json) {
      // Positions serve errors only.
      const shown = [
        ...nodes.map(({ configSpans: _, ...node }) => printable(node)),
        ...tests.map(({ span: _, kind: assertion, ...test }) => ({
          ...printable(test),
          kind: 'test',
          assertion,
        })),
      ];
      cli.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
    } else if (isLiveTerminal(cli.stdout, cli.env)) {
      const style = cli.style('stdout');
      const lines = [
        ...nodes.map(({ name, kind, config, path }) => ({
          name,
          path,
          what: kind === 'model' ? config.materialized : kind,
        })),
        ...tests.map(({ name, path }) => ({ name, path, what: 'test' })),
      ];
      const width = Math.max(0, ...lines.map(({ name }) => name.length));
      for (const { name, what, path } of lines)
        cli.stdout.write(`${name.padEnd(width)}  ${paint(style, 'dim', `${what.padEnd(11)}  ${path}`)}\n`);
    } else {
      cli.stdout.write([...nodes, ...tests].map(({ name }) => `${name}\n`).join(''));
    }
    return exitCode;
  },
});
