import type { DebugReport } from '../../api/debug.js';
import { hasErrors } from '../../diagnostics/diagnostic.js';
import { countOf, formatBytes } from '../../util/format-units.js';
import { paint, type TextStyle } from '../../util/text-style.js';
import { defineCommand } from '../command.js';
import { outputFlags, projectFlags } from '../flags.js';
import { projectOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

export const debug = defineCommand({
  name: 'debug',
  group: 'Care',
  summary: 'Shows versions, paths and whether the lake can be reached.',
  description: 'Prints no secrets: paste it into a report.',
  flags: { ...projectFlags, ...outputFlags },
  examples: [['etl debug', 'for this project']],
  async run({ flags, cli }) {
    const { debug } = await import('../../api/index.js');
    const options = await projectOptions(flags, cli);
    const report = await debug(options);
    cli.stdout.write(
      cli.json ? `${JSON.stringify(report, undefined, 2)}\n` : debugText(report, cli.style('stdout')),
    );
    if (cli.json) return hasErrors(report.diagnostics) ? 1 : 0;
    return reportDiagnostics(cli, options.projectDir, report.diagnostics);
  },
});

function debugText({ versions, machine, project, lake }: DebugReport, style: TextStyle): string {
  const lines: (readonly [string, string])[] = Object.entries(versions);
  const memory = formatBytes(machine.memoryBytes);
  lines.push(['machine', `${machine.platform}, ${countOf(machine.cores, 'core')}, ${memory}`]);
  if (project) {
    const counts = Object.entries(project.counts).map(([what, count]) =>
      countOf(count, what.replace(/s$/, '')),
    );
    lines.push(
      ['project', `${project.name} in ${project.root}`],
      ['holds', counts.join(', ')],
      [
        'target',
        project.targets.length > 1 ? `${project.target}, of ${project.targets.join(', ')}` : project.target,
      ],
      ['engine', `${countOf(project.threads, 'thread')}, memory limit ${project.memoryLimit}`],
    );
  }
  if (lake) {
    const state = lake.reachable
      ? `commit ${lake.commit}, ${countOf(lake.tableCount ?? 0, 'table')}`
      : paint(style, 'red', 'cannot be reached');
    lines.push(['lake', `${lake.url}: ${state}`]);
  }
  return lines.map(([name, text]) => `${paint(style, 'dim', name.padEnd(10))} ${text}\n`).join('');
}
