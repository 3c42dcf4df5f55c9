import { Command as Commander, Option } from 'commander';
import { packageVersion } from '../util/package-version.js';
import type { CliOutput } from './cli.js';
import type { Command, Flag } from './command.js';
import { commands } from './commands.js';

type Start = (
  command: Command,
  args: readonly (string | undefined)[],
  flags: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** Makes commander's program out of the definitions. It throws `CommanderError` instead of exiting. */
export function createProgram(stdout: CliOutput, start: Start): Commander {
  const program = new Commander('etl')
    .description('SQL models over embedded DuckDB, from files to a queryable Parquet lake.')
    .usage('<command> [flags]')
    .optionsGroup('Flags:')
    .version(packageVersion(), '-V, --version', 'the version')
    .addHelpOption(helpFlag())
    .helpCommand(false)
    .addHelpText('after', '\netl <command> --help shows flags and examples. Start with etl init.');
  configure(program, stdout);
  for (const command of commands) {
    const child = program
      .command([command.name, ...(command.arguments ?? []).map(({ name }) => name)].join(' '))
      .summary(command.summary)
      .description([command.summary, command.description].filter(Boolean).join('\n\n'))
      .helpGroup(`${command.group}:`)
      .usage(['[flags]', ...(command.arguments ?? []).map(({ name }) => name)].join(' '))
      .addHelpOption(helpFlag())
      .addHelpText('after', examplesText(command))
      .action(async (...all: unknown[]) => {
        // The last argument of a command may be a list.
        const args = all.slice(0, -2).flat() as (string | undefined)[];
        await start(command, args, child.opts());
      });
    configure(child, stdout);
    command.arguments?.forEach((argument, i) => {
      const registered = child.registeredArguments[i];
      if (registered) registered.description = argument.help;
    });
    for (const flag of Object.values(command.flags)) {
      child.addOption(toOption(flag));
      if (flag.negatable) child.addOption(new Option(flag.flags.replace('--', '--no-')).hideHelp());
    }
  }
  return program;
}

function configure(command: Commander, stdout: CliOutput): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    // Said by whoever catches the error.
    writeErr: () => {},
    getOutHelpWidth: () => Math.min(110, stdout.columns ?? 100),
  });
  command.configureHelp({
    subcommandTerm: (child) =>
      [
        child.name(),
        ...child.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`)),
      ].join(' '),
    optionDescription: ({ description, defaultValue }) =>
      defaultValue === undefined || defaultValue === true
        ? description
        : `${description} (default: ${defaultValue})`,
  });
}

function helpFlag(): Option {
  return new Option('-h, --help', 'this text, or that of a command').helpGroup('Flags:');
}

function toOption(flag: Flag): Option {
  const option = new Option(flag.flags, flag.help).helpGroup(`${flag.group ?? 'Flags'}:`);
  if (flag.default !== undefined) option.default(flag.default);
  if (flag.choices) option.choices([...flag.choices]);
  if (flag.parse) option.argParser((text, previous) => flag.parse?.(text, previous));
  return option;
}

function examplesText({ examples }: Command): string {
  const width = Math.max(0, ...examples.map(([text]) => text.length).filter((length) => length < 60));
  return `\nExamples:\n${examples.map(([text, meaning]) => `  ${text.padEnd(width)}  # ${meaning}`).join('\n')}`;
}
