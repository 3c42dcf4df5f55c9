import { resolve } from 'node:path';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { RunResult } from '../ir/run-result.js';
import { findProjectRoot } from '../project/find-project-root.js';
import { resumeBackfill } from './backfill.js';
import { build, land, test } from './build.js';
import { type LastRun, readLastRun, type UnfinishedBackfill } from './last-run.js';
import type { ProjectOptions, RunOptions } from './options.js';
import { projectPaths } from './project-paths.js';
import { noProject } from './workspace.js';

const operations = { build, land, test } as const;

/** What the last run of this machine left undone. */
export type Unfinished = Pick<RunOptions, 'target'> &
  (
    | (Pick<RunOptions, 'select' | 'fullRefresh'> & { readonly operation: keyof typeof operations })
    | { readonly operation: 'backfill'; readonly left: UnfinishedBackfill }
  );

/**
 * What failed in the last run or was skipped for that, with all that depends on it. Undefined when nothing was left
 * undone, or nothing ran here. Throws `DiagnosticError` outside of a project.
 */
export async function unfinished(options: ProjectOptions): Promise<Unfinished | undefined> {
  const start = resolve(options.projectDir ?? '.');
  const root = findProjectRoot(start);
  if (root === undefined) throw new DiagnosticError([noProject(start)]);
  const last = await readLastRun(projectPaths(root));
  if (!last) return undefined;
  const { operation = 'build', fullRefresh, backfill: left } = last;
  const target = options.target ?? last.target;
  if (left) return left.steps?.length > 0 ? { operation: 'backfill', target, left } : undefined;
  const select = selectorsOf(last);
  if (select.length === 0) return undefined;
  const isKnown = Object.hasOwn(operations, operation);
  return {
    operation: isKnown ? (operation as keyof typeof operations) : 'build',
    target,
    select,
    fullRefresh,
  };
}

/** Does again what a run left undone. */
export function retry(options: RunOptions, unfinished: Unfinished): Promise<RunResult> {
  if (unfinished.operation === 'backfill') {
    const { target, left } = unfinished;
    return resumeBackfill({ ...options, target }, left);
  }
  const { operation, ...rest } = unfinished;
  return operations[operation]({ ...options, ...rest });
}

function selectorsOf({ nodes, tests }: LastRun): readonly string[] {
  const hasNode = (status: string) => nodes.some((node) => node.status === status);
  const failedTest = tests.some((each) => each.status === 'fail' || each.status === 'error');
  return [
    ...(hasNode('failed') ? ['result:error+'] : []),
    ...(hasNode('skipped') ? ['result:skipped+'] : []),
    ...(failedTest ? ['result:fail+'] : []),
  ];
}
