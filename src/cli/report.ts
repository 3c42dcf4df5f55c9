import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.js';
import { maskSecrets } from '../diagnostics/mask-secrets.js';
import type { ReadSource } from '../diagnostics/render-diagnostics.js';
import type { RunEvent } from '../ir/run-event.js';
import type { RunResult } from '../ir/run-result.js';
import { sharedSignal } from '../ports/interruption.js';
import type { Reporter } from '../ports/reporter.js';
import { findProjectRoot } from '../project/find-project-root.js';
import type { ReporterName } from '../reporters/registry.js';
import { type Cli, isLiveTerminal } from './cli.js';
import type { ExitCode } from './command.js';

type Hooks = { readonly signal: AbortSignal; readonly onEvent: (event: RunEvent) => void };

/**
 * Runs something that reports events and can be interrupted: the first Ctrl-C asks it to stop and
 * clean up, the second ends the process.
 */
export async function reportRun(
  cli: Cli,
  projectDir: string | undefined,
  start: (hooks: Hooks) => Promise<RunResult>,
): Promise<ExitCode> {
  const live = cli.detail !== 'quiet' && isLiveTerminal(cli.stderr, cli.env);
  const reporter = await openReporter(cli, projectDir, cli.json ? 'json' : live ? 'tty' : 'plain');
  let finished = false;
  const onEvent = (event: RunEvent) => {
    finished ||= event.kind === 'run-finished';
    reporter.report(event);
  };
  try {
    const result = await interruptible(cli, reporter, (signal) => start({ signal, onEvent }));
    if (!finished) onEvent({ kind: 'run-finished', result });
    return result.status === 'success' ? 0 : 1;
  } finally {
    reporter.close();
  }
}

/** Shows what is wrong where there is no run: on stderr, and with `asJson` as one line of JSON on stdout. */
export async function reportDiagnostics(
  cli: Cli,
  projectDir: string | undefined,
  diagnostics: readonly Diagnostic[],
  asJson = false,
): Promise<ExitCode> {
  if (diagnostics.length > 0 || asJson) {
    const reporter = await openReporter(cli, projectDir, asJson ? 'json' : 'plain');
    reporter.report({ kind: 'diagnostics', diagnostics });
    reporter.close();
  }
  return hasErrors(diagnostics) ? 1 : 0;
}

/** Opens one reporter, and in GitHub Actions the one for annotations besides. */
export async function openReporter(
  cli: Cli,
  projectDir: string | undefined,
  name: ReporterName,
  brief = false,
): Promise<Reporter> {
  const { openReporters } = await import('../reporters/registry.js');
  const start = resolve(cli.cwd, projectDir ?? '.');
  const root = findProjectRoot(start) ?? start;
  return openReporters(cli.env.GITHUB_ACTIONS === 'true' ? [name, 'github'] : [name], {
    stdout: cli.stdout,
    stderr: cli.stderr,
    style: cli.style,
    detail: cli.detail,
    brief,
    projectFlags: cli.projectFlags,
    readSource: sourceReader(root, cli.texts),
    now: () => performance.now(),
    projectPath: relative(cli.env.GITHUB_WORKSPACE ?? root, root).replaceAll('\\', '/'),
  });
}

/** One Ctrl-C comes twice where npm runs the command: from the terminal, and passed on by npm. */
const sameKeyPressMs = 500;

/** Gives `action` a signal that the first Ctrl-C aborts; the second one ends the process. */
export async function interruptible<T>(
  cli: Cli,
  reporter: Reporter,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let abortedAt = 0;
  const stopListening = cli.onInterrupt(() => {
    if (controller.signal.aborted) {
      if (performance.now() - abortedAt < sameKeyPressMs) return;
      reporter.close();
      cli.exit(1);
    }
    abortedAt = performance.now();
    controller.abort();
  });
  try {
    return await action(sharedSignal(controller.signal));
  } finally {
    stopListening();
  }
}

/** Reads files of the project as they are now: while one watches, they change. */
function sourceReader(root: string, given: Readonly<Record<string, string>>): ReadSource {
  return (file) => given[file] ?? readText(join(root, file));
}

function readText(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return /\.ya?ml$/.test(path) ? maskSecrets(text) : text;
  } catch {
    return undefined;
  }
}
