import { defineCommand } from '../command.js';
import { outputFlags, projectFlags, selectionFlags, testFlags } from '../flags.js';
import { runOptions } from '../project-options.js';
import { reportRun } from '../report.js';

export const test = defineCommand({
  name: 'test',
  group: 'Build',
  summary: 'Runs unit tests, and data tests on what the lake holds now.',
  description:
    'A failure shows up to five of the rows that should not be there, and the query for all of them; of a unit test the rows that differ.',
  flags: { ...selectionFlags, ...testFlags, ...projectFlags, ...outputFlags },
  examples: [
    ['etl test', 'all tests'],
    ['etl test -s orders', 'the tests of one model'],
    [
      'etl test -s totals_add_up orders,test_name:unique',
      'one by name, and those of a model by what they assert',
    ],
    ['etl test -s test_type:unit', 'what models make of given rows: this needs no lake'],
    ['etl test -s tag:nightly -v', 'those of models with a tag, with every test that passed'],
  ],
  async run({ flags, cli }) {
    const options = await runOptions(flags, cli);
    const { test } = await import('../../api/index.js');
    return reportRun(cli, options.projectDir, (hooks) => test({ ...options, ...hooks }));
  },
});
