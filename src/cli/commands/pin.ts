import type { AcceptedPin } from '../../api/pin.js';
import { countOf } from '../../util/format-units.js';
import { type Paint, paint, type TextStyle } from '../../util/text-style.js';
import { defineCommand, type Flag } from '../command.js';
import { outputFlags, projectFlags } from '../flags.js';
import { projectOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

export const pin = defineCommand({
  name: 'pin',
  group: 'Build',
  summary: 'Accepts the columns that the project makes now, and writes the schema pins.',
  description:
    'A pin in schemas/ says which columns the readers of a published table or landed source rely on. This command ' +
    'accepts every change, breaking ones too, and prints it: commit the files with the change that needs them.',
  arguments: [{ name: '[tables...]', help: 'only these (default: all)' }],
  flags: {
    dryRun: { flags: '--dry-run', help: 'print the changes and write nothing' } as Flag<boolean | undefined>,
    ...projectFlags,
    ...outputFlags,
  },
  examples: [
    ['etl pin', 'all pins'],
    ['etl pin orders', 'the pin of one table'],
    ['etl pin --dry-run', 'what readers would notice'],
  ],
  async run({ args, flags, cli }) {
    const options = await projectOptions(flags, cli);
    const { pin } = await import('../../api/index.js');
    const tables = args.filter((arg) => arg !== undefined);
    const { value, diagnostics } = await pin({ ...options, tables, dryRun: flags.dryRun });
    const exitCode = await reportDiagnostics(cli, options.projectDir, diagnostics, cli.json && !value);
    if (!value) return exitCode;
    if (cli.json) cli.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    else if (cli.detail !== 'quiet') cli.stdout.write(pinsText(value, flags.dryRun, cli.style('stdout')));
    return exitCode;
  },
});

const colors = { safe: 'green', warning: 'yellow', breaking: 'red' } as const satisfies Record<string, Paint>;

function pinsText(pins: readonly AcceptedPin[], dryRun: boolean | undefined, style: TextStyle): string {
  if (pins.length === 0) return 'Every pin says what the project makes.\n';
  const lines = pins.flatMap(({ path, kind, summary, changes }) => {
    const label = paint(style, kind === 'delete' ? 'red' : 'green', kind.padEnd(6));
    const details = changes.map(
      (change) => `        ${paint(style, colors[change.class], change.class.padEnd(8))}  ${change.message}`,
    );
    const shown = details.length > 0 ? details : summary.map((sentence) => `        ${sentence}`);
    return [`${label}  ${path}`, ...shown];
  });
  const what = countOf(pins.length, 'pin');
  const end = dryRun ? `${what} would change.` : `${what} changed: review and commit schemas/.`;
  return `${lines.join('\n')}\n\n${end}\n`;
}
