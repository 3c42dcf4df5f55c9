import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import { suggestedCommand } from '../reporters/suggested-command.js';
import { nearest } from '../util/nearest.js';
import type { Workspace } from './workspace.js';

/** The error of a table that the lake does not have. */
export function noTable(
  workspace: Workspace,
  tables: LakeSnapshot['tables'],
  table: string,
  message = `The lake has no table ${table}.`,
): DiagnosticError {
  const hint = absentFromLake(workspace, tables, table);
  return new DiagnosticError([errorDiagnostic('lake/no-table', message, { ...(hint && { hint }) })]);
}

/** What to do about a name that the lake has no table of: why it is not there, or the nearest one that is. */
export function absentFromLake(
  workspace: Workspace,
  tables: LakeSnapshot['tables'],
  name: string,
): string | undefined {
  const near = nearest(name, tables.keys());
  return notInLake(workspace, tables, name) ?? (near && `did you mean "${near}"?`);
}

/** Why the lake has no table of a node of the project, and what to do about it. */
function notInLake({ project }: Workspace, tables: LakeSnapshot['tables'], name: string): string | undefined {
  const isMeant = (node: { readonly name: string }) => node.name.toLowerCase() === name.toLowerCase();
  const absent = (node: string, by: string) =>
    `the lake does not have ${node} yet: ${suggestedCommand([by, '--select', node])}`;
  const source = project.sources.find(isMeant);
  if (source) return absent(source.name, 'land');
  const seed = project.seeds.find(isMeant);
  if (seed) return absent(seed.name, 'build');
  const model = project.models.find(isMeant);
  if (!model) return undefined;
  const lacking = [...lackingReads(tables, model.name)];
  if (lacking.length > 0)
    return `${model.name} is a view of what the lake does not have yet: ${suggestedCommand(['build', '--select', ...lacking])}`;
  return model.config.materialized === 'ephemeral'
    ? `${model.name} is ephemeral, so the lake has no table of it: ${suggestedCommand(['show', model.name])}`
    : absent(model.name, 'build');
}

/** What a view reads, through others too, that the lake does not have. */
function lackingReads(
  tables: LakeSnapshot['tables'],
  name: string,
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const read of tables.get(name)?.view?.reads ?? []) {
    if (tables.has(read)) lackingReads(tables, read, found);
    else found.add(read);
  }
  return found;
}
