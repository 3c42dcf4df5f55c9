import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import { nearest } from '../util/nearest.js';
import type { Lake } from './lake.js';
import { withRollbackNote } from './vacuum-guard.js';

export interface RollbackRequest {
  /** The commit whose state is wanted; 0 is the empty lake. */
  readonly to: number;
  /** Only these; default: all tables. */
  readonly tables?: readonly string[];
  readonly runId: string;
  readonly now: () => Date;
}

export interface Rollback {
  /** Undefined when the tables are as they were already. */
  readonly commit?: number;
  /** Version id by changed table; null where the table did not exist then. */
  readonly changes: ReadonlyMap<string, string | null>;
}

/**
 * Makes tables what they were after a commit, as a new commit: nothing is deleted, and it can be rolled back too.
 * Throws `lake/no-commit` when data of that time is gone, and `lake/conflict` when another run was faster.
 */
export async function rollback(lake: Lake, request: RollbackRequest): Promise<Rollback> {
  const base = await lake.snapshot();
  return withRollbackNote(lake.storage, request, base.commit, () => commitOldState(lake, base, request));
}

async function commitOldState(lake: Lake, base: LakeSnapshot, request: RollbackRequest): Promise<Rollback> {
  const { to, tables, runId, now } = request;
  const then = await lake.fresh().snapshot(to);
  const known = new Set([...then.tables.keys(), ...base.tables.keys()]);
  for (const table of tables ?? []) if (!known.has(table)) throw unknownTable(table, known);
  const changes = new Map<string, TableVersion | null>();
  for (const table of tables ?? known) {
    const version = then.tables.get(table) ?? null;
    if (version?.id !== base.tables.get(table)?.id) changes.set(table, version);
  }
  const ids = new Map([...changes].map(([table, version]) => [table, version?.id ?? null]));
  if (changes.size === 0) return { changes: ids };
  const operation = `rollback to ${to}`;
  const commit = await lake.commit({ base, runId, operation, changes, reads: new Map(), now });
  return { commit, changes: ids };
}

function unknownTable(table: string, known: ReadonlySet<string>): DiagnosticError {
  const near = nearest(table, known);
  return new DiagnosticError([
    errorDiagnostic(
      'lake/no-table',
      `${table} is no table of the lake, neither now nor then.`,
      near ? { hint: `did you mean "${near}"?` } : {},
    ),
  ]);
}
