import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Span } from '../diagnostics/span.js';
import type { Publication, PublishContext, PublishedTable } from '../ports/publisher.js';
import { folderOf } from '../publishers/places.js';
import { publishers } from '../publishers/registry.js';
import { newId } from './new-id.js';
import type { ProjectOptions } from './options.js';
import { withPublishContext } from './publish-context.js';
import { wantedPublications } from './wanted-publications.js';
import { withWorkspace } from './with-workspace.js';
import type { Workspace } from './workspace.js';

const publisher = publishers['parquet-folder'];

/**
 * Brings every published folder up to what the lake has now, and takes back those that are no longer published.
 * What an earlier run left unfinished is finished here. Returns the tables that changed. Throws `DiagnosticError` when
 * some could not be published, after the others were.
 */
export async function publishTables(workspace: Workspace, runId: string): Promise<readonly PublishedTable[]> {
  const lake = await workspace.lake();
  const wanted = await wantedPublications(workspace);
  const pending = await publisher.pending(wanted, lake.storage);
  if (pending.length === 0) return [];
  return withPublishContext(workspace, runId, (context) => publishEach(workspace, pending, context));
}

/** One that fails keeps no other one back. */
async function publishEach(
  { project }: Workspace,
  publications: readonly Publication[],
  context: PublishContext,
): Promise<readonly PublishedTable[]> {
  const done: PublishedTable[] = [];
  const failures: Diagnostic[] = [];
  for (const publication of publications) {
    try {
      done.push(await publisher.publish(publication, context));
    } catch (thrown) {
      const model = project.models.find(({ name }) => name === publication.table);
      failures.push(...failureOf(publication, thrown, model?.configSpans.publish));
    }
  }
  if (failures.length > 0) throw new DiagnosticError(failures);
  return done;
}

/** Whatever is wrong with the place. Throws what is no fault of it. */
function failureOf(publication: Publication, thrown: unknown, span: Span | undefined): readonly Diagnostic[] {
  const { to } = publication;
  const place = `${to === undefined ? '' : `${to}/`}${folderOf(publication)}`;
  const note = { message: `while ${publication.table} was published to ${place}` };
  const at = span && { span };
  if (thrown instanceof DiagnosticError)
    return thrown.diagnostics.map((one) => ({ ...at, ...one, notes: [...(one.notes ?? []), note] }));
  const { code, syscall, message } = thrown as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) throw thrown;
  const why = `${publication.table} is committed, but could not be published to ${place}: ${message}`;
  const hint = 'the next build publishes it, and so does `etl publish`';
  return [errorDiagnostic('publish/failed', why, { ...at, hint })];
}

/**
 * Finishes what was not published to the end, and writes files again that somebody took away. Returns the tables that
 * changed. Throws `DiagnosticError`.
 */
export function publish(options: ProjectOptions): Promise<readonly PublishedTable[]> {
  return withWorkspace(options, async (workspace) => {
    const runId = newId(new Date());
    const finished = await publishTables(workspace, runId);
    return [...finished, ...(await restoreTables(workspace, runId, finished))];
  });
}

async function restoreTables(
  workspace: Workspace,
  runId: string,
  done: readonly PublishedTable[],
): Promise<readonly PublishedTable[]> {
  const rest = (await wantedPublications(workspace))
    .map(([publication]) => publication)
    .filter(({ table }) => !done.some((other) => other.table === table));
  return withPublishContext(workspace, runId, async (context) => {
    const restored = await publishEach(workspace, rest, { ...context, looksForLost: true });
    return restored.filter((table) => table.writtenCount > 0 || !table.finished);
  });
}
