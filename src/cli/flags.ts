import type { Sample } from '../api/sample.js';
import type { Flag } from './command.js';
import { UsageError } from './command.js';

type Optional<T> = T | undefined;

const collect = (text: string, previous: readonly string[] | undefined) => [...(previous ?? []), text];

/** Which project, and as what. */
export const projectFlags = {
  projectDir: {
    flags: '--project-dir <folder>',
    group: 'Project',
    help: 'where etl.yml is looked for, upwards (default: here)',
  } as Flag<Optional<string>>,
  target: {
    flags: '-t, --target <name>',
    group: 'Project',
    help: 'a target of etl.yml (default: its default_target)',
  } as Flag<Optional<string>>,
  vars: {
    flags: '--vars <values>',
    group: 'Project',
    help: "replace variables of etl.yml: key=value, or YAML such as '{a: 1}'; may be repeated",
    parse: collect,
  } as Flag<Optional<readonly string[]>>,
  threads: {
    flags: '--threads <count>',
    group: 'Project',
    help: 'how many models run at once (default: the cores)',
    parse: (text) => wholeNumber(text, '--threads', 1),
  } as Flag<Optional<number>>,
};

/** Which nodes. */
export const selectionFlags = {
  select: {
    flags: '-s, --select <selectors...>',
    group: 'Selection',
    help: 'only these: name, +name, name+, @name, tag:, path:, source:, config.x:, …',
    parse: collect,
  } as Flag<Optional<readonly string[]>>,
  exclude: {
    flags: '--exclude <selectors...>',
    group: 'Selection',
    help: 'all but these',
    parse: collect,
  } as Flag<Optional<readonly string[]>>,
  state: {
    flags: '--state <target>',
    group: 'Selection',
    help: 'what state: and source_status: compare with (default: the lake that is built)',
  } as Flag<Optional<string>>,
};

export const runFlags = {
  fullRefresh: { flags: '-f, --full-refresh', help: 'build again what has not changed' } as Flag<
    Optional<boolean>
  >,
  empty: {
    flags: '--empty',
    help: 'land no rows: all tables with their columns, for a test of the whole project',
  } as Flag<Optional<boolean>>,
  sample: {
    flags: '--sample <size>',
    help: 'land only a share of the rows of each source, such as 10%, or that many rows',
    parse: readSample,
  } as Flag<Optional<Sample>>,
  defer: {
    flags: '--defer',
    help: 'read what is not chosen, and not here as the project says, from the lake of --state',
  } as Flag<Optional<boolean>>,
  failFast: { flags: '-x, --fail-fast', help: 'stop at the first failure' } as Flag<Optional<boolean>>,
};

/** Of these, what a run has that makes no rows. */
export const testFlags = { defer: runFlags.defer, failFast: runFlags.failFast };

/** Whether schema pins may move. */
export const frozenFlag = {
  frozen: {
    flags: '--frozen',
    help: 'fail where a schema pin would change (default where CI is set; --no-frozen lets it)',
    negatable: true,
  } as Flag<Optional<boolean>>,
};

/** How much is said, and in which form. */
export const outputFlags = {
  format: {
    flags: '--format <form>',
    group: 'Output',
    help: 'text for people, json for programs',
    choices: ['text', 'json'],
    default: 'text',
  } as Flag<'text' | 'json'>,
  quiet: { flags: '-q, --quiet', group: 'Output', help: 'failures only' } as Flag<Optional<boolean>>,
  verbose: {
    flags: '-v, --verbose',
    group: 'Output',
    help: 'also what is reused and every passed test',
  } as Flag<Optional<boolean>>,
  color: { flags: '--no-color', group: 'Output', help: 'no colours (as NO_COLOR does)' } as Flag<
    Optional<boolean>
  >,
};

/** Reads `10%` or a number of rows. Throws `UsageError`. */
export function readSample(text: string): Sample {
  const [, digits = '', sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? [];
  const size = Number(digits);
  if (digits !== '' && sign === '%' && size > 0 && size < 100) return { kind: 'percent', percent: size };
  if (digits !== '' && sign === '' && Number.isSafeInteger(size)) return { kind: 'rows', count: size };
  throw new UsageError(`--sample needs a share such as 10% or a number of rows, not "${text}".`);
}

/** Reads a whole number of at least `least`. Throws `UsageError`. */
export function wholeNumber(text: string, flag: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`${flag} needs a whole number of at least ${least}, not "${text}".`);
  }
  return value;
}
