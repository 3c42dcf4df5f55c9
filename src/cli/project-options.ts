import { resolve } from 'node:path';
import type { ProjectOptions, RunOptions, SelectionOptions } from '../api/options.js';
import type { PlainValue } from '../ir/project.js';
import type { Cli } from './cli.js';
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
}

/** What the flags of commands that compile say. Throws `UsageError`. */
export async function compileOptions(
  flags: ProjectFlagValues & SelectionFlagValues,
  cli: Cli,
): Promise<ProjectOptions & SelectionOptions> {
  return { ...(await projectOptions(flags, cli)), select: flags.select, exclude: flags.exclude };
}

/** What the flags of commands that run say. Throws `UsageError`. */
export async function runOptions(
  flags: ProjectFlagValues &
    SelectionFlagValues & {
      readonly fullRefresh: boolean | undefined;
      readonly failFast: boolean | undefined;
    },
  cli: Cli,
): Promise<RunOptions> {
  const { fullRefresh, failFast } = flags;
  return { ...(await compileOptions(flags, cli)), fullRefresh, failFast };
}

/** `key=value`, or a YAML or JSON mapping; a later one wins. Values are read as YAML, so `1` is a number. */
export async function parseVars(texts: readonly string[]): Promise<Readonly<Record<string, PlainValue>>> {
  const { parse } = await import('yaml');
  const vars: Record<string, PlainValue> = {};
  for (const text of texts) {
    const assignment = /^\s*([A-Za-z_]\w*)=(.*)$/s.exec(text);
    try {
      if (assignment) {
        vars[assignment[1]!] = parse(assignment[2]!) as PlainValue;
        continue;
      }
      const mapping: unknown = parse(text);
      if (mapping !== null && typeof mapping === 'object' && !Array.isArray(mapping)) {
        Object.assign(vars, mapping);
        continue;
      }
    } catch {
      // Said below.
    }
    throw new UsageError(
      `--vars cannot read ${JSON.stringify(text)}: write key=value, or YAML such as '{key: value}'.`,
    );
  }
  return vars;
}
