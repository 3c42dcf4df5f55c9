import { resolve } from 'node:path';
import type { ProjectOptions, RunOptions, SelectionOptions } from '../api/options.js';
import type { Sample } from '../api/sample.js';
import type { PlainValue } from '../ir/plain-value.js';
import { emptyRecord } from '../util/own.js';
import { type Cli, isCi } from './cli.js';
import { UsageError } from './command.js';

interface ProjectFlagValues {
  readonly projectDir: string | undefined;
  readonly target: string | undefined;
  readonly vars: readonly string[] | undefined;
  readonly threads: number | undefined;
}

/** What the shared flags say of the project. Throws `UsageError`. */
export async function projectOptions(flags: ProjectFlagValues, cli: Cli): Promise<ProjectOptions> {
  return {
    projectDir: resolve(cli.cwd, flags.projectDir ?? '.'),
    target: flags.target,
    threads: flags.threads,
    env: cli.env,
    ...(flags.vars && { vars: await parseVars(flags.vars) }),
  };
}

interface SelectionFlagValues {
  readonly select: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly state?: string | undefined;
}

/** What the flags of commands that compile say. Throws `UsageError`. */
export async function compileOptions(
  flags: ProjectFlagValues & SelectionFlagValues,
  cli: Cli,
): Promise<ProjectOptions & SelectionOptions> {
  const { select, exclude, state } = flags;
  return { ...(await projectOptions(flags, cli)), select, exclude, state };
}

/** What the flags of commands that run say. Throws `UsageError`. */
export async function runOptions(
  flags: ProjectFlagValues &
    SelectionFlagValues & {
      readonly fullRefresh?: boolean | undefined;
      readonly failFast: boolean | undefined;
      readonly empty?: boolean | undefined;
      readonly sample?: Sample | undefined;
      readonly frozen?: boolean | undefined;
      readonly defer?: boolean | undefined;
    },
  cli: Cli,
): Promise<RunOptions> {
  const { fullRefresh, failFast, defer, frozen = isCi(cli.env) } = flags;
  if (defer && flags.state === undefined) {
    throw new UsageError('--defer needs --state with the target to read from, such as --state prod.');
  }
  if (flags.empty && flags.sample)
    throw new UsageError('--empty and --sample cannot be given together: --empty is a sample without rows.');
  const sample: Sample | undefined = flags.empty ? { kind: 'rows', count: 0 } : flags.sample;
  return { ...(await compileOptions(flags, cli)), fullRefresh, failFast, frozen, defer, sample };
}

/** `key=value`, or a YAML or JSON mapping; a later one wins. Values are read as YAML, so `1` is a number. */
export async function parseVars(texts: readonly string[]): Promise<Readonly<Record<string, PlainValue>>> {
  const { parseYamlValue } = await import('./parse-yaml-value.js');
  const vars = emptyRecord<PlainValue>();
  for (const text of texts) {
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    // A bare word with a colon in it, such as a URL, is text.
    const isText = name !== undefined && /^\s*[^\s[{"'].*:/s.test(value);
    const read = isText ? value : tryParse(parseYamlValue, name === undefined ? text : value);
    if (read !== unreadable && name !== undefined) vars[name] = read as PlainValue;
    else if (isMapping(read)) Object.assign(vars, read);
    else {
      throw new UsageError(
        `--vars cannot read ${JSON.stringify(text)}: write key=value, or YAML such as '{key: value}'.`,
      );
    }
  }
  return vars;
}

const unreadable = Symbol('unreadable');

function tryParse(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return unreadable;
  }
}

function isMapping(value: unknown): value is Record<string, PlainValue> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
