import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LakeSnapshot } from '../ir/commit.js';
import type { RunResult } from '../ir/run-result.js';
import { writeWhole } from './last-run.js';
import type { Workspace } from './workspace.js';

const kept = 20_000;

/** Keys of tests that passed over rows that may still be there: what versions carry, and what this machine saw. */
export async function readPassedAudits(
  workspace: Workspace,
  snapshot: LakeSnapshot,
): Promise<ReadonlySet<string>> {
  const inLake = [...snapshot.tables.values()].flatMap((version) => version.audits);
  return new Set([...inLake, ...(await readLocal(workspace))]);
}

/** Remembers what passed, so that tests on tables that did not change need not run again. */
export async function savePassedAudits(workspace: Workspace, result: RunResult): Promise<void> {
  const passed = result.tests.flatMap((test) => (test.status === 'pass' ? (test.auditKey ?? []) : []));
  if (passed.length === 0) return;
  const all = [...new Set([...(await readLocal(workspace)), ...passed])].slice(-kept);
  await writeWhole(pathOf(workspace), JSON.stringify(all));
}

const pathOf = (workspace: Workspace) => join(workspace.paths.cache, 'passed-audits.json');

async function readLocal(workspace: Workspace): Promise<readonly string[]> {
  try {
    const keys: unknown = JSON.parse(await readFile(pathOf(workspace), 'utf8'));
    return Array.isArray(keys) ? keys : [];
  } catch {
    return [];
  }
}
