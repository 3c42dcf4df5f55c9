import { CommanderError } from 'commander';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { systemFailure } from '../diagnostics/system-failure.js';
import { EngineError } from '../ports/engine.js';
import { printableLines } from '../util/display-width.js';
import { own } from '../util/own.js';
import { packageVersion } from '../util/package-version.js';
import { type Cli, type CliProcess, openCli } from './cli.js';
import { type ExitCode, UsageError } from './command.js';
import { commands } from './commands.js';
import { foreignCommands, foreignFlags } from './foreign-commands.js';
import { createProgram } from './program.js';
import { reportDiagnostics } from './report.js';

/** Runs one command line, without the words `node etl`, and says how it ended. Never throws. */
export async function runCli(argv: readonly string[], around: CliProcess): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(around.stdout, async (command, args, flags) => {
    // Where --format is about rows, errors stay text.
    const forRows = !command.flags.format?.choices?.includes('text');
    const cli = openCli(around, forRows ? { ...flags, format: 'text' } : flags);
    try {
      exitCode = await command.run({ args, flags, cli });
    } catch (error) {
      exitCode = await explainFailure(error, cli, flags.projectDir as string | undefined);
    }
  });
  try {
    const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      around.stderr.write(
        error.code === 'commander.help' ? program.helpInformation() : usageText(error, argv),
      );
      return 2;
    }
    return explainFailure(error, openCli(around, {}), undefined);
  }
}

function usageText(error: CommanderError, argv: readonly string[]): string {
  const command = argv[0] !== undefined && !argv[0].startsWith('-') ? ` ${argv[0]}` : '';
  const known = error.code !== 'commander.unknownCommand';
  const hint = hintOf(error, argv);
  // Where the command is known, the nearest name is only a distraction.
  const message = hint === '' ? error.message : error.message.replace(/\n\(Did you mean .*$/s, '');
  return `${printableLines(message).join('\n')}${hint}\n\netl${known ? command : ''} --help shows how it is used.\n`;
}

function hintOf(error: CommanderError, argv: readonly string[]): string {
  if (error.code === 'commander.excessArguments') return excessHint(argv[0]);
  if (error.code === 'commander.unknownCommand' && Object.hasOwn(foreignCommands, argv[0] ?? ''))
    return `\nhint: etl ${own(foreignCommands, argv[0] ?? '')} does that.`;
  if (error.code !== 'commander.unknownOption') return '';
  if (!argv[0]?.startsWith('-')) return flagHint(argv[0], error.message);
  return '\nhint: flags stand behind the command, such as etl build --target prod.';
}

function flagHint(name: string | undefined, message: string): string {
  const written = /'([^'=]*)/.exec(message)?.[1] ?? '';
  const here = own(foreignFlags, written);
  const command = commands.find((each) => each.name === name);
  if (here === undefined || !command) return '';
  const isOfCommand = Object.values(command.flags).some(({ flags }) => flags.split(/[ ,]+/).includes(here));
  return isOfCommand || !here.startsWith('-') ? `\nhint: ${here} does that.` : '';
}

function excessHint(name: string | undefined): string {
  const command = commands.find((each) => each.name === name);
  if (command?.arguments?.some((argument) => argument.name === '[sql]'))
    return `\nhint: put the SQL into quotes: etl ${command.name} "…"`;
  return command?.flags.select ? '\nhint: models are chosen with --select.' : '';
}

async function explainFailure(error: unknown, cli: Cli, projectDir: string | undefined): Promise<ExitCode> {
  if (error instanceof UsageError) {
    cli.stderr.write(errorText(error));
    return 2;
  }
  if (error instanceof DiagnosticError) {
    return reportDiagnostics(cli, projectDir, error.diagnostics, cli.json);
  }
  const refused =
    systemFailure(error) ??
    (error instanceof EngineError ? errorDiagnostic('query/failed', error.message) : undefined);
  if (refused) return reportDiagnostics(cli, projectDir, [refused], cli.json);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  cli.stderr.write(
    `This is a bug in Parquetry, not in your project. Please report it with what follows.\n\n` +
      `parquetry ${packageVersion()}, Node ${process.version}, ${process.platform} ${process.arch}\n${stack}\n`,
  );
  return 2;
}

function errorText({ message }: Error): string {
  return `error: ${printableLines(message).join('\n')}\n`;
}
