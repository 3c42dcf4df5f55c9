import { setTimeout as sleep } from 'node:timers/promises';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Commit, LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { applyCommit, CommitLog, checkpointInterval, type LogState, uncertainCommit } from './commit-log.js';
import { corruptLake, lakeJson } from './lake-json.js';
import { tableVersionKey } from './lake-keys.js';
import { readTableVersion } from './read-table-version.js';

export interface CommitRequest {
  /** What the run was planned and built on. */
  readonly base: LakeSnapshot;
  readonly runId: string;
  /** What makes the commit, such as `build`. */
  readonly operation: string;
  /** The new version by table; null drops the table. */
  readonly changes: ReadonlyMap<string, TableVersion | null>;
  /** Version id by table that the changes were made from, besides the base versions of the changed tables. */
  readonly reads: ReadonlyMap<string, string>;
  readonly now: () => Date;
}

/** One lake as this process sees it: what is immutable is read once. */
export class Lake {
  readonly log: CommitLog;
  readonly #versions = new Map<string, TableVersion>();

  constructor(
    readonly storage: Storage,
    private readonly options: { readonly trustCopies: boolean } = { trustCopies: true },
  ) {
    this.log = new CommitLog(storage);
  }

  /**
   * The lake as of a commit; default: as of now. Throws `lake/no-commit` when there is none of that number or its
   * data is gone, `lake/corrupt`, `lake/newer-format`.
   */
  async snapshot(commit?: number): Promise<LakeSnapshot> {
    const state = commit === undefined ? await this.log.head() : await this.log.stateAt(commit);
    const versions = await mapConcurrently([...state.ids], 32, async ([table, id]) => {
      const version = await this.findVersion(table, id);
      if (version) return version;
      const { commit: last, ids } = await this.log.head();
      if (ids.get(table) !== id) throw vacuumed(state.commit, table, last);
      throw corruptLake(this.storage, tableVersionKey(table, id), 'it is missing, though a commit names it');
    });
    return { commit: state.commit, tables: new Map(versions.map((version) => [version.table, version])) };
  }

  /** The same lake with nothing remembered, here or on this disk, for where it matters what still is there. */
  fresh(): Lake {
    return new Lake(this.storage, { trustCopies: false });
  }

  /** One version of a table, committed now or once; undefined when it is gone. */
  async findVersion(table: string, id: string): Promise<TableVersion | undefined> {
    const key = tableVersionKey(table, id);
    const version =
      this.#versions.get(key) ?? (await readTableVersion(this.storage, key, this.options.trustCopies));
    if (version) this.#versions.set(key, version);
    return version;
  }

  /**
   * Makes all changes visible at once and returns the commit's number. Commits of other runs that touch
   * nothing this run read or wrote are passed over. Throws `lake/conflict` when one does, with nothing changed,
   * and `lake/uncertain` when the storage stops answering at the wrong moment.
   */
  async commit(request: CommitRequest): Promise<number> {
    const { base, changes } = request;
    await this.#writeVersions(changes);
    let state: LogState = { commit: base.commit, ids: idsOf(base) };
    for (let lost = 0; ; lost++) {
      const commit = nextCommit(state, request);
      const started = performance.now();
      const created = await this.log.append(commit);
      const later = created ? [commit] : await this.#readWinners(commit.number);
      if (created || isSameCommit(later[0], commit)) {
        await this.log.remember(later.reduce(applyCommit, state), later.at(-1)!.runId);
        return commit.number;
      }
      state = later.reduce(applyCommit, state);
      await this.#failOnConflict(request, state);
      // Many writers at one log: whoever lost often waits longer, so that all get through.
      const attemptMs = performance.now() - started;
      if (lost > 0) await sleep(Math.random() * Math.min(attemptMs * 2 ** Math.min(lost, 5), 5_000));
    }
  }

  /** What was committed instead, from a number on. Failing to read that leaves open whose it is. */
  async #readWinners(number: number): Promise<readonly Commit[]> {
    try {
      return await this.log.readFrom(number);
    } catch (thrown) {
      throw uncertainCommit(this.storage, number, thrown);
    }
  }

  async #writeVersions(changes: CommitRequest['changes']): Promise<void> {
    const versions = [...changes.values()].filter((version) => version !== null);
    await mapConcurrently(versions, 16, async (version) => {
      const key = tableVersionKey(version.table, version.id);
      await this.storage.write(key, lakeJson(version));
      this.#versions.set(key, version);
    });
  }

  async #failOnConflict({ base, changes, reads }: CommitRequest, state: LogState): Promise<void> {
    const expected = new Map<string, string | undefined>(reads);
    for (const table of changes.keys()) expected.set(table, base.tables.get(table)?.id);
    const conflicts = [...expected]
      .filter(([table, id]) => state.ids.get(table) !== id)
      .map(([table]) => table);
    if (conflicts.length === 0) return;
    const later = await this.log.readFrom(base.commit + 1);
    throw new DiagnosticError(conflicts.map((table) => conflict(table, later, changes.has(table))));
  }
}

function vacuumed(commit: number, table: string, last: number): DiagnosticError {
  const message = `Commit ${commit} cannot be read any more: its data of ${table} was vacuumed.`;
  const hint = `the last commit is ${last}; etl history ${table} shows which versions are there`;
  return new DiagnosticError([errorDiagnostic('lake/no-commit', message, { hint })]);
}

function nextCommit(state: LogState, { runId, operation, changes, now }: CommitRequest): Commit {
  const number = state.commit + 1;
  const commit: Commit = {
    format: 1,
    number,
    runId,
    createdAt: now().toISOString(),
    operation,
    changes: Object.fromEntries([...changes].map(([table, version]) => [table, version?.id ?? null])),
  };
  if (number % checkpointInterval !== 0) return commit;
  return { ...commit, tables: Object.fromEntries(applyCommit(state, commit).ids) };
}

/** The same run making the same commit: its first answer was lost, and it was sent again. */
function isSameCommit(found: Commit | undefined, sent: Commit): boolean {
  return found !== undefined && JSON.stringify(found) === JSON.stringify(sent);
}

function idsOf(snapshot: LakeSnapshot): Map<string, string> {
  return new Map([...snapshot.tables].map(([table, version]) => [table, version.id]));
}

function conflict(table: string, later: readonly Commit[], written: boolean) {
  const winner = later.findLast((commit) => Object.hasOwn(commit.changes, table));
  const by = winner ? ` by run ${winner.runId} (commit ${winner.number}, ${winner.operation})` : '';
  const why = written ? 'which this run wrote too' : 'which this run had read before';
  return errorDiagnostic(
    'lake/conflict',
    `Table ${table} was committed${by}, ${why}; nothing of it was lost.`,
    {
      hint: 'build again: it starts from what the other run committed',
    },
  );
}
