import { join } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { RunPlan } from '../ir/run-plan.js';
import { whyUnwritable } from '../util/why-unwritable.js';
import type { Workspace } from './workspace.js';

/** Why a plan cannot be carried out where folders may only be read, found before anything runs. */
export async function readOnlyErrors(
  workspace: Workspace,
  plan: RunPlan,
  writesPins: boolean,
): Promise<readonly Diagnostic[]> {
  const commits =
    plan.drops.length > 0 ||
    plan.nodes.some(({ action, failure }) => action !== 'reuse' && action !== 'inline' && !failure);
  const lake = commits ? await readOnlyLake(workspace) : [];
  if (lake.length > 0) return lake;
  const [pin] = (writesPins && plan.pins) || [];
  return pin ? readOnlyPins(workspace, pin.path) : [];
}

/** Throws `DiagnosticError` where the lake may only be read. */
export async function refuseReadOnlyLake(workspace: Workspace): Promise<void> {
  const errors = await readOnlyLake(workspace);
  if (errors.length > 0) throw new DiagnosticError(errors);
}

/** Throws `DiagnosticError` where no pin can be written. */
export function refuseReadOnlyPins(workspace: Workspace, path: string): void {
  const errors = readOnlyPins(workspace, path);
  if (errors.length > 0) throw new DiagnosticError(errors);
}

/** Of a store that is asked over the network only trying tells. */
async function readOnlyLake(workspace: Workspace): Promise<readonly Diagnostic[]> {
  const { target, targetNames } = workspace.project;
  const { localRoot } = (await workspace.lake()).storage;
  const why = localRoot === undefined ? undefined : whyUnwritable(localRoot);
  if (why === undefined) return [];
  const message = `The lake of target ${target.name} cannot be written: ${why}.`;
  const other = targetNames.length > 1 ? 'choose another target with --target, or ' : '';
  return [
    errorDiagnostic('lake/read-only', message, {
      ...(target.lakeSpan && { span: target.lakeSpan }),
      hint: `${other}let the lake lie elsewhere; commands that only look, such as check, plan and query, run here too`,
    }),
  ];
}

function readOnlyPins({ paths }: Workspace, path: string): readonly Diagnostic[] {
  const why = whyUnwritable(join(paths.root, 'schemas'));
  if (why === undefined) return [];
  const message = `Schema pins, such as ${path}, cannot be written: ${why}.`;
  const hint = 'run `etl pin` where it can be written, and commit schemas/';
  return [errorDiagnostic('project/read-only', message, { hint })];
}
