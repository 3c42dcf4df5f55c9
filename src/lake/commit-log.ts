import { setTimeout as sleep } from 'node:timers/promises';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { isRefused } from '../diagnostics/system-failure.js';
import type { Commit } from '../ir/commit.js';
import type { Storage } from '../ports/storage.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { corruptLake, lakeJson, readLakeJson } from './lake-json.js';
import { commitKey, commitNumber, commitPrefix, latestKey } from './lake-keys.js';

/** Every so many commits one names all tables, so that no reader has to go back further. */
export const checkpointInterval = 50;

/** What the log says as of one commit: the version id of every table. */
export interface LogState {
  readonly commit: number;
  readonly ids: ReadonlyMap<string, string>;
}

/** A state that was found before, with what proves that the log still is the one it was found in. */
interface Hint {
  readonly format: 1;
  readonly commit: number;
  readonly runId: string;
  readonly tables: Readonly<Record<string, string>>;
}

const emptyState: LogState = { commit: 0, ids: new Map() };
const createAttempts = 6;
const longestHintMs = 2_000;

/** The numbered log of commits, without what the commits mean. Numbers have no gaps. */
export class CommitLog {
  #known: Hint | undefined;

  constructor(private readonly storage: Storage) {}

  /** The state at the end of the log. One list and a few reads, however long the log is. */
  async head(): Promise<LogState> {
    return (
      (await this.#continue(this.#known)) ?? (await this.#continue(await this.#readHint())) ?? this.#replay()
    );
  }

  /** The state after a commit. Throws `lake/no-commit` when there is none of that number. */
  async stateAt(commit: number): Promise<LogState> {
    if (commit === 0) return emptyState;
    await this.read(commit);
    return stateOf(await this.#readRange(checkpointBefore(commit), commit));
  }

  /** Throws `lake/no-commit` when there is none of that number. */
  async read(commit: number): Promise<Commit> {
    const found = await this.#find(commit);
    if (found) return found;
    throw new DiagnosticError([
      errorDiagnostic('lake/no-commit', `${this.storage.url} has no commit ${commit}.`),
    ]);
  }

  /** Commits from a number on, in order. */
  async readFrom(first: number): Promise<readonly Commit[]> {
    const last = await this.#lastFrom(first);
    return last === undefined ? [] : this.#readRange(first, last);
  }

  /** All commits, newest first; only as many are read as are asked for, in bunches. */
  async *backward(): AsyncGenerator<Commit> {
    const { commit: last } = await this.head();
    for (let end = last; end > 0; end -= checkpointInterval) {
      yield* (await this.#readRange(Math.max(1, end - checkpointInterval + 1), end)).reverse();
    }
  }

  /**
   * Adds the commit; false when its number is taken, possibly by this very commit, whose first answer was lost.
   * Throws `lake/uncertain` when the storage stops answering, and a full disk or a missing permission as it is.
   */
  async append(commit: Commit): Promise<boolean> {
    let failure: unknown;
    for (let attempt = 0; attempt < createAttempts; attempt++) {
      if (attempt > 0) await sleep(50 * 2 ** attempt * (0.5 + Math.random()));
      try {
        return await this.storage.createIfAbsent(commitKey(commit.number), lakeJson(commit));
      } catch (thrown) {
        // Nothing was tried before, so nothing is there that could be ours.
        if (attempt === 0 && isRefused(thrown)) throw thrown;
        failure = thrown;
      }
    }
    throw uncertainCommit(this.storage, commit.number, failure);
  }

  /** Remembers the end of the log, for this process and, as far as writing it succeeds, for later ones. */
  async remember({ commit, ids }: LogState, runId: string): Promise<void> {
    this.#known = { format: 1, commit, runId, tables: Object.fromEntries(ids) };
    // R2 takes one write a second to one key, and a hint is not worth waiting for.
    const signal = AbortSignal.timeout(longestHintMs);
    await this.storage.write(latestKey, lakeJson(this.#known), signal).catch(() => undefined);
  }

  async #readHint(): Promise<Hint | undefined> {
    try {
      return await readLakeJson<Hint>(this.storage, latestKey, ['commit', 'runId', 'tables']);
    } catch (thrown) {
      if (thrown instanceof DiagnosticError) return undefined;
      throw thrown;
    }
  }

  /** The end of the log from a known state on; undefined when the log is not the one it belongs to. */
  async #continue(hint: Hint | undefined): Promise<LogState | undefined> {
    if (!hint) return undefined;
    const last = await this.#lastFrom(hint.commit);
    if (last === undefined) return undefined;
    const [first, ...later] = await this.#readRange(hint.commit, last);
    if (first?.runId !== hint.runId) return undefined;
    return this.#found({ commit: hint.commit, ids: new Map(Object.entries(hint.tables)) }, first, later);
  }

  async #replay(): Promise<LogState> {
    const last = await this.#lastFrom(1);
    if (last === undefined) return emptyState;
    const [first, ...later] = await this.#readRange(checkpointBefore(last), last);
    return this.#found(stateOf([first!]), first!, later);
  }

  #found(state: LogState, first: Commit, later: readonly Commit[]): LogState {
    const end = later.reduce(applyCommit, state);
    const { runId } = later.at(-1) ?? first;
    this.#known = { format: 1, commit: end.commit, runId, tables: Object.fromEntries(end.ids) };
    return end;
  }

  /** The number of the last commit, looking from one on; undefined when there is none from there. */
  async #lastFrom(first: number): Promise<number | undefined> {
    let last: number | undefined;
    for await (const { key } of this.storage.list(commitPrefix, commitKey(first - 1))) {
      last = commitNumber(key) ?? last;
    }
    return last;
  }

  /** Reads every number: a folder listed while it grows may show a commit and not the one before it. */
  #readRange(first: number, last: number): Promise<Commit[]> {
    const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    return mapConcurrently(numbers, 16, async (number) => {
      const commit = await this.#find(number);
      if (commit) return commit;
      throw corruptLake(this.storage, commitKey(number), `it is missing, though commit ${last} exists`);
    });
  }

  #find(commit: number): Promise<Commit | undefined> {
    return readLakeJson<Commit>(this.storage, commitKey(commit), ['number', 'runId', 'changes']);
  }
}

/** The state after commits that begin with the first one or with one that names all tables. */
function stateOf(commits: readonly Commit[]): LogState {
  const [first, ...later] = commits;
  const start: LogState = first?.tables
    ? { commit: first.number, ids: new Map(Object.entries(first.tables)) }
    : applyCommit(emptyState, first!);
  return later.reduce(applyCommit, start);
}

/** The state that a commit makes of the one before it. */
export function applyCommit(state: LogState, commit: Pick<Commit, 'number' | 'changes'>): LogState {
  const ids = new Map(state.ids);
  for (const [table, id] of Object.entries(commit.changes)) {
    if (id === null) ids.delete(table);
    else ids.set(table, id);
  }
  return { commit: commit.number, ids };
}

/** The commit at or before this one from which a reader can start. */
function checkpointBefore(commit: number): number {
  return Math.max(1, Math.floor(commit / checkpointInterval) * checkpointInterval);
}

/** The error for a commit that was sent and whose fate cannot be found out. */
export function uncertainCommit(storage: Storage, number: number, cause: unknown): DiagnosticError {
  const message = `Whether commit ${number} of ${storage.url} took place is unknown: ${errorText(cause)}`;
  const hint = 'build again: it continues from whatever the lake then holds';
  return new DiagnosticError([errorDiagnostic('lake/uncertain', message, { hint })], { cause });
}

function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
