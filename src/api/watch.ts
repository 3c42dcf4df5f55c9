import { relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { RunResult } from '../ir/run-result.js';
import { sharedSignal } from '../ports/interruption.js';
import { runWorkspace } from './build.js';
import type { RunOptions } from './options.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** What a person who watches sees besides the events of the builds. */
export type WatchEvent =
  | { readonly kind: 'watching'; readonly root: string }
  /** Paths relative to the project, in the order in which they changed; empty for the first build. */
  | { readonly kind: 'rebuilding'; readonly changed: readonly string[] }
  /** `resolved` are errors of the build before that are gone. */
  | { readonly kind: 'settled'; readonly result: RunResult; readonly resolved: readonly Diagnostic[] };

export interface WatchOptions extends RunOptions {
  readonly onWatch?: ((event: WatchEvent) => void) | undefined;
  /** Quiet time after a change before a build starts, so that one save is one build. Default: 10 ms. */
  readonly settleMs?: number | undefined;
}

/** Runs in a row that may lose to others before the next change is waited for. */
const mostConflicts = 3;

/**
 * Builds, and builds again whenever something that the project is made of changes, until the signal aborts. It
 * calls what `build` calls; what did not change is remembered. Changes during a build cause exactly one more.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const signal = sharedSignal(options.signal);
  let workspace = await open(options, signal);
  if (!workspace) return;
  const { root } = workspace.paths;
  let written = writtenFolders(workspace);
  const changes = new ChangeQueue(options.settleMs ?? 10, signal);
  const { watch: watchFiles } = await import('chokidar');
  const watcher = watchFiles(root, {
    ignoreInitial: true,
    ignored: (path) => path !== root && isBeside(relative(root, path)),
  });
  watcher.on('all', (event, path) => {
    const isWritten = written.some((folder) => path.startsWith(folder));
    if (event !== 'addDir' && !isWritten) changes.add(relative(root, path));
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  options.onWatch?.({ kind: 'watching', root });
  try {
    let changed: readonly string[] | undefined = [];
    let before: readonly Diagnostic[] = [];
    let conflictCount = 0;
    while (changed !== undefined) {
      options.onWatch?.({ kind: 'rebuilding', changed });
      const round: { workspace: Workspace; result: RunResult } = await rebuild(workspace, options);
      workspace = round.workspace;
      written = writtenFolders(workspace);
      if (signal.aborted) return;
      const now = diagnosticsOf(round.result);
      const kept = new Set(now.map(identity));
      const resolved = before.filter((diagnostic) => !kept.has(identity(diagnostic)));
      options.onWatch?.({ kind: 'settled', result: round.result, resolved });
      before = now;
      conflictCount = now.some(({ code }) => code === 'lake/conflict') ? conflictCount + 1 : 0;
      // Another run was faster, and nobody has to save for that.
      changed = conflictCount > 0 && conflictCount <= mostConflicts ? [] : await changes.next();
    }
  } finally {
    await watcher.close();
    await workspace.close();
  }
}

/** Files that no build reads: other tools' folders and logs, editors' temporary files, and insides of lakes. */
function isBeside(path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return (
    /^(node_modules|[^/\\]+\.log)$/.test(path) || /^[.#]|^_etl$|^sed\w{6}$|(~|\.tmp|\.sw[a-p])$/.test(name)
  );
}

/** Folders of the project that builds write to, each with a separator behind it: a lake, or where tables are published. */
function writtenFolders({ paths, project }: Workspace): readonly string[] {
  const places = project.models.map(
    ({ config }) => (config.options.publish as { to?: string } | undefined)?.to,
  );
  const folders = [...new Set([project.target.lake, ...places])].map(
    (place) => resolve(paths.root, place ?? '.') + sep,
  );
  return folders.filter((folder) => folder.startsWith(paths.root + sep) && folder !== paths.root + sep);
}

/** A project with a broken `etl.yml` has no workspace yet: it is tried again until it has one. */
async function open(options: WatchOptions, signal: AbortSignal): Promise<Workspace | undefined> {
  const { value, diagnostics } = await openWorkspace(options);
  if (value) return value;
  if (signal.aborted) return undefined;
  throw new DiagnosticError(diagnostics);
}

async function rebuild(
  workspace: Workspace,
  options: WatchOptions,
): Promise<{ workspace: Workspace; result: RunResult }> {
  const reread = await workspace.reread();
  // Without a readable etl.yml the last one stays in force, so that the loop outlives a half-typed file.
  const next = reread.value ?? workspace;
  const result = await runWorkspace(next, 'watch', options, reread.diagnostics);
  return { workspace: next, result };
}

function diagnosticsOf(result: RunResult): readonly Diagnostic[] {
  return [...result.diagnostics, ...result.nodes.flatMap((node) => node.diagnostics)].filter(
    (diagnostic) => diagnostic.severity === 'error',
  );
}

function identity({ code, message, span }: Diagnostic): string {
  return `${code} ${span?.file} ${message}`;
}

/** Gathers changes until nobody made one for a moment. */
class ChangeQueue {
  readonly #changed = new Set<string>();
  #wake: (() => void) | undefined;
  #lastChange = 0;

  constructor(
    private readonly settleMs: number,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  add(path: string): void {
    this.#changed.add(path);
    this.#lastChange = performance.now();
    this.#wake?.();
  }

  /** The changes since the last call, as soon as there are any; undefined when watching ends. */
  async next(): Promise<readonly string[] | undefined> {
    while (!this.signal.aborted) {
      const quiet = performance.now() - this.#lastChange;
      if (this.#changed.size > 0 && quiet >= this.settleMs) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#changed.size > 0) setTimeout(resolve, this.settleMs - quiet);
      });
    }
    if (this.signal.aborted) return undefined;
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }
}
