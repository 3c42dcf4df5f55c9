import { defineCommand, type Flag } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { projectOptions } from '../project-options.js';

type Optional<T> = T | undefined;

export const diff = defineCommand({
  name: 'diff',
  group: 'Look',
  summary: 'Compares tables between commits, versions or targets: columns and rows.',
  description:
    'Without tables, all that differ; between targets, all that the new one has. A state is a commit number (12), a target of etl.yml (prod), both (prod@12), ' +
    'or the id of a version. Rows belong together by what the project says is unique (unique_key, primary_key, a ' +
    'unique test); without such a key whole rows are compared.',
  arguments: [{ name: '[tables...]', help: 'named as in models (default: every table that differs)' }],
  flags: {
    from: {
      flags: '--from <state>',
      help: 'the old state (default: what stood before the new one)',
    } as Flag<Optional<string>>,
    to: { flags: '--to <state>', help: 'the new state (default: now)' } as Flag<Optional<string>>,
    key: {
      flags: '--key <columns>',
      help: 'columns that tell rows apart, separated by commas',
      parse: (text) => text.split(',').map((name) => name.trim()),
    } as Flag<Optional<readonly string[]>>,
    samples: {
      flags: '--samples <count>',
      help: 'rows of each kind to show',
      default: 5,
      parse: (text) => wholeNumber(text, '--samples', 0),
    } as Flag<number>,
    failIfDiff: { flags: '--fail-if-diff', help: 'exit code 1 where anything differs' } as Flag<
      Optional<boolean>
    >,
    format: {
      flags: '--format <form>',
      help: 'text for people, markdown for pull requests, json for programs',
      choices: ['text', 'markdown', 'json'],
      default: 'text',
    } as Flag<'text' | 'markdown' | 'json'>,
    ...projectFlags,
    color: outputFlags.color,
  },
  examples: [
    ['etl diff orders', 'what the last commit of orders changed'],
    ['etl diff --from 12', 'all tables since commit 12'],
    ['etl diff --from prod --to dev --format markdown', 'a comment for a pull request'],
    ['etl diff orders --from 12 --to 14 --key order_id --fail-if-diff', 'in a script'],
  ],
  async run({ args, flags, cli }) {
    const tables = args.filter((arg) => arg !== undefined);
    const { from, to, key, samples: sampleCount, format } = flags;
    const options = await projectOptions(flags, cli);
    const { diff } = await import('../../api/index.js');
    const diffs = await diff({ ...options, tables, from, to, key, sampleCount });
    if (format === 'json') {
      cli.stdout.write(`${JSON.stringify(diffs, undefined, 2)}\n`);
    } else if (format === 'markdown') {
      const { diffMarkdown } = await import('../../reporters/diff-markdown.js');
      cli.stdout.write(diffMarkdown(diffs));
    } else {
      const { diffText } = await import('../../reporters/diff-text.js');
      cli.stdout.write(diffText(diffs, cli.style('stdout')));
    }
    return flags.failIfDiff && diffs.some((each) => !each.isSame) ? 1 : 0;
  },
});
