import { suggestedCommand } from '../../reporters/suggested-command.js';
import { countOf, formatBytes } from '../../util/format-units.js';
import type { Cli } from '../cli.js';
import { defineCommand, type Flag } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { projectOptions } from '../project-options.js';

const dayMs = 86_400_000;
const defaultKeepDays = 7;

export const vacuum = defineCommand({
  name: 'vacuum',
  group: 'Care',
  summary: 'Deletes files that only old commits need.',
  description:
    'Without --delete it only says what would go. Also goes what dead runs left, and the empty files that stand ' +
    'for dropped partitions of published tables. What is gone cannot be rolled back to.',
  flags: {
    delete: { flags: '--delete', help: 'really delete' } as Flag<boolean | undefined>,
    keepDays: {
      flags: '--keep-days <days>',
      help: 'how long what a commit replaced stays, for readers and rollbacks',
      default: defaultKeepDays,
      parse: (text) => wholeNumber(text, '--keep-days', 0),
    } as Flag<number>,
    ...projectFlags,
    ...outputFlags,
  },
  examples: [
    ['etl vacuum', 'what would go'],
    ['etl vacuum --delete', 'lets it go'],
    ['etl vacuum --delete --keep-days 30', 'but keeps a month'],
  ],
  async run({ flags, cli }) {
    const options = await projectOptions(flags, cli);
    const { vacuum } = await import('../../api/index.js');
    const dryRun = !flags.delete;
    const report = await vacuum({ ...options, graceMs: flags.keepDays * dayMs, dryRun });
    if (cli.json) {
      cli.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
      return 0;
    }
    if (cli.detail === 'quiet') return 0;
    if (dryRun || cli.detail === 'verbose') cli.stdout.write(report.keys.map((key) => `${key}\n`).join(''));
    const what = `${countOf(report.keys.length, 'file')}, ${formatBytes(report.sizeBytes)}`;
    const uploads =
      report.abortedUploadCount > 0 ? `, and ${countOf(report.abortedUploadCount, 'unfinished upload')}` : '';
    if (report.keys.length === 0) cli.stdout.write(`Nothing to delete${uploads}.\n`);
    else if (dryRun) cli.stdout.write(`Would delete ${what}. To do it: ${deleting(flags.keepDays, cli)}\n`);
    else cli.stdout.write(`Deleted ${what}${uploads}.\n`);
    return 0;
  },
});

function deleting(keepDays: number, { projectFlags }: Cli): string {
  const keep = keepDays === defaultKeepDays ? [] : ['--keep-days', String(keepDays)];
  return suggestedCommand(['vacuum', '--delete', ...keep], projectFlags);
}
