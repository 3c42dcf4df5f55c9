import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { defineCommand, type Flag } from '../command.js';
import { outputFlags, projectFlags, selectionFlags } from '../flags.js';
import { compileOptions } from '../project-options.js';
import { reportDiagnostics } from '../report.js';

const out: Flag<string | undefined> = {
  flags: '-o, --out <file>',
  help: 'write this file instead of standard output',
};

export const types = defineCommand({
  name: 'types',
  group: 'Look',
  summary: 'Writes TypeScript types of the tables, for an application that reads them with Kysely.',
  description:
    'The types for the macros and models of the project itself need no command: they are kept under .etl/types/.',
  flags: { out, ...selectionFlags, ...projectFlags, ...outputFlags },
  examples: [
    ['etl types --out src/database.ts', 'all tables'],
    ['etl types -s tag:mart -o src/database.ts', 'only those'],
  ],
  async run({ flags, cli }) {
    const options = await compileOptions(flags, cli);
    const { types } = await import('../../api/index.js');
    const { value, diagnostics } = await types(options);
    const exitCode = await reportDiagnostics(cli, options.projectDir, diagnostics, cli.json && !value);
    if (value === undefined) return exitCode;
    if (flags.out === undefined) {
      cli.stdout.write(value);
      return exitCode;
    }
    const file = resolve(cli.cwd, flags.out);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, value);
    if (!cli.json && cli.detail !== 'quiet') cli.stdout.write(`Wrote ${flags.out}\n`);
    return exitCode;
  },
});
