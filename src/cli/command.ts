import type { Cli } from './cli.js';

/** 0 all good; 1 something that the person can mend failed; 2 wrong usage or our own bug. */
export type ExitCode = 0 | 1 | 2;

/** One flag. `T` is the type of its value in the handler. */
export interface Flag<T = unknown> {
  /** As commander reads it, such as `-t, --target <name>`. */
  readonly flags: string;
  readonly help: string;
  /** Heading in help texts; default: the command's own flags. */
  readonly group?: 'Selection' | 'Project' | 'Output';
  readonly choices?: readonly string[];
  readonly default?: T;
  /** Also takes the flag with `no-` before its name. */
  readonly negatable?: boolean;
  /** Collects one use of the flag into its value. Throws `UsageError`. */
  parse?(text: string, previous: T | undefined): T;
}

export interface Argument {
  /** `<name>` where it is required, `[name]` where not. */
  readonly name: string;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;
export type FlagValues<F extends Flags> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

/** All there is to say about one command: help, documentation and behaviour come from here. */
export interface Command<F extends Flags = Flags> {
  readonly name: string;
  readonly group: 'Start' | 'Build' | 'Look' | 'Care';
  /** One line. */
  readonly summary: string;
  /** What else a person should know. */
  readonly description?: string;
  readonly arguments?: readonly Argument[];
  readonly flags: F;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  run(input: {
    readonly args: readonly (string | undefined)[];
    readonly flags: FlagValues<F>;
    readonly cli: Cli;
  }): Promise<ExitCode>;
}

/** Ties the types of flags and handler together. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command {
  return command as unknown as Command;
}

/** The person called a command wrongly: exit code 2, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
