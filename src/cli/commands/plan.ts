import type { RunOptions } from '../../api/options.js';
import { printable } from '../../ir/printable-sql.js';
import type { Cli } from '../cli.js';
import { defineCommand, type ExitCode } from '../command.js';
import { frozenFlag, outputFlags, projectFlags, runFlags, selectionFlags } from '../flags.js';
import { runOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

export const plan = defineCommand({
  name: 'plan',
  group: 'Build',
  summary: 'Prints what a build would do, and why.',
  flags: { ...selectionFlags, ...runFlags, ...frozenFlag, ...projectFlags, ...outputFlags },
  examples: [
    ['etl plan', 'what a build would do now'],
    ['etl plan -s +orders -v', 'also what would be reused, node by node'],
    ['etl plan --format json', 'the plan as data'],
  ],
  run: async ({ flags, cli }) => printPlan(await runOptions(flags, cli), cli),
});

/** Prints the plan of a build. */
export async function printPlan(options: RunOptions, cli: Cli): Promise<ExitCode> {
  const { plan } = await import('../../api/index.js');
  const { value, diagnostics } = await plan(options);
  const exitCode = await reportDiagnostics(cli, options.projectDir, diagnostics, cli.json && !value);
  if (!value) return exitCode;
  if (cli.json) {
    const tests = value.tests.map((planned) => ({ ...planned, test: printable(planned.test) }));
    cli.stdout.write(`${JSON.stringify({ ...value, tests }, undefined, 2)}\n`);
  } else {
    const { planText } = await import('../../reporters/plan-text.js');
    cli.stdout.write(`${planText(value, cli.detail === 'verbose', cli.style('stdout'))}\n`);
  }
  return exitCode;
}
