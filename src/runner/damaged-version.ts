import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import { EngineError } from '../ports/engine.js';

/** The version whose file the engine could not read: it names that file, and no query is at fault. */
export function damagedVersion(thrown: unknown, { tables }: LakeSnapshot): Diagnostic | undefined {
  if (!(thrown instanceof EngineError)) return undefined;
  const { message } = thrown;
  const version = [...tables.values()].find(({ files }) => files.some(({ path }) => message.includes(path)));
  return version && unreadableVersion(version, message);
}

/** What is said of a committed version that cannot be read. */
export function unreadableVersion({ id, table }: TableVersion, why: string): Diagnostic {
  return errorDiagnostic('lake/corrupt', `Version ${id} of ${table} cannot be read: ${why}`, {
    hint: `restore the file, or make the table anew: etl build --full-refresh --select ${table} (a protected table needs \`full_refresh: true\` for that)`,
  });
}
