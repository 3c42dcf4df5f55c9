import { basename, relative, resolve } from 'node:path';
import { shellQuote } from '../../reporters/shell-quote.js';
import { paint } from '../../util/text-style.js';
import { defineCommand, type Flag } from '../command.js';
import { outputFlags } from '../flags.js';

export const init = defineCommand({
  name: 'init',
  group: 'Start',
  summary: 'Makes a small project that builds at once.',
  description: 'Files that are there already are never overwritten.',
  arguments: [{ name: '[folder]', help: 'a new or empty folder (default: here)' }],
  flags: {
    name: { flags: '--name <name>', help: "the project's name (default: the folder's)" } as Flag<
      string | undefined
    >,
    ...outputFlags,
  },
  examples: [
    ['etl init my-project', 'in a new folder'],
    ['etl init', 'here'],
  ],
  async run({ args, flags, cli }) {
    const { init } = await import('../../api/index.js');
    const dir = resolve(cli.cwd, args[0] ?? '.');
    const { files, notes } = await init({ dir, name: flags.name ?? basename(dir) });
    if (cli.json) {
      cli.stdout.write(`${JSON.stringify(files)}\n`);
    } else if (cli.detail !== 'quiet') {
      const style = cli.style('stdout');
      const folder = relative(cli.cwd, dir);
      const steps = [
        ...(folder ? [`cd ${shellQuote(folder)}`] : []),
        'npm install',
        'npx etl build',
        'npx etl query "from revenue_by_month"',
      ];
      cli.stdout.write(files.map((file) => `${paint(style, 'green', 'wrote')} ${file}\n`).join(''));
      if (notes.length > 0) cli.stdout.write(`\n${notes.map((note) => `${note}\n`).join('')}`);
      cli.stdout.write(`\nNext:\n${steps.map((step) => `  ${step}\n`).join('')}`);
    }
    return 0;
  },
});
