import type { ReporterOptions, TextOutput } from '../reporters/reporter-options.js';
import { shellQuote } from '../reporters/shell-quote.js';
import type { TextStyle } from '../util/text-style.js';

/** A standard stream, as narrow as commands need it. */
export interface CliOutput extends TextOutput {
  readonly isTTY?: boolean | undefined;
  write(content: string | Uint8Array): void;
  /** Waits until more can be written; false once nobody reads any more, as after `| head`. */
  ready(): Promise<boolean>;
}

/** The process around a command, handed in so that tests have their own. */
export interface CliProcess {
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls back at every Ctrl-C and termination request, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** What a command's handler works with. */
export interface Cli extends CliProcess {
  /** Whether results are for programs. */
  readonly json: boolean;
  readonly detail: ReporterOptions['detail'];
  style(output: 'stdout' | 'stderr'): TextStyle;
  /** The flags that said which project, target and variables, as they would be typed again. */
  readonly projectFlags: string;
  /** Texts that errors may point into besides files of the project, by name. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Adds to the process what the output flags say. */
export function openCli(
  around: CliProcess,
  flags: {
    readonly format?: unknown;
    readonly quiet?: unknown;
    readonly verbose?: unknown;
    readonly color?: unknown;
    readonly inline?: unknown;
    readonly projectDir?: unknown;
    readonly target?: unknown;
    readonly vars?: unknown;
  },
): Cli {
  return {
    ...around,
    json: flags.format === 'json',
    detail: flags.quiet ? 'quiet' : flags.verbose ? 'verbose' : 'normal',
    projectFlags: projectFlagsText(flags),
    texts: typeof flags.inline === 'string' ? { '--inline': flags.inline } : {},
    style: (output) => textStyle(around[output], around.env, flags.color !== false),
  };
}

function projectFlagsText(flags: {
  readonly projectDir?: unknown;
  readonly target?: unknown;
  readonly vars?: unknown;
}): string {
  const { projectDir, target, vars } = flags;
  const words = [
    ...(typeof target === 'string' ? ['-t', target] : []),
    ...(Array.isArray(vars) ? vars.flatMap((text) => ['--vars', String(text)]) : []),
    ...(typeof projectDir === 'string' ? ['--project-dir', projectDir] : []),
  ];
  return words.map(shellQuote).join(' ');
}

/** Colours and Unicode where the stream has them, unless the person says no. */
function textStyle(stream: CliOutput, env: CliProcess['env'], color: boolean): TextStyle {
  const forced = env.FORCE_COLOR !== undefined && !['', '0', 'false'].includes(env.FORCE_COLOR);
  return {
    color: color && !env.NO_COLOR && (forced || isLiveTerminal(stream, env)),
    unicode: hasUnicode(env),
    width: stream.isTTY ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY,
  };
}

/** Whether a person looks at the stream, so that lines can be replaced in place. */
export function isLiveTerminal(stream: CliOutput, env: CliProcess['env']): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb' && !isCi(env);
}

/** Whether this is a build server, as nearly all of them say it. */
export function isCi(env: CliProcess['env']): boolean {
  return env.CI !== undefined && !['', '0', 'false'].includes(env.CI);
}

function hasUnicode(env: CliProcess['env']): boolean {
  if (process.platform === 'win32') return Boolean(env.WT_SESSION ?? env.TERM_PROGRAM);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'UTF-8';
  return env.TERM !== 'linux' && !/^(C|POSIX)$/.test(locale);
}
