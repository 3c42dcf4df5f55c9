import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LakeSnapshot } from '../ir/commit.js';
import { writeCatalog } from '../lake/catalog.js';
import { hash } from '../util/hash.js';
import { writeWhole } from './last-run.js';
import { newId } from './new-id.js';
import { namingInit } from './open-engine.js';
import { catalogPath } from './project-paths.js';
import type { Workspace } from './workspace.js';

/**
 * Brings `.etl/<target>.duckdb` up to the lake's last commit and returns its path. Which commit the file shows
 * is noted beside it, so that an unchanged lake costs no engine. Undefined where it shows another one and may only be
 * read.
 */
export async function updateCatalog(workspace: Workspace): Promise<string | undefined> {
  const lake = await workspace.lake();
  const { target, engine } = workspace.project;
  const path = catalogPath(workspace.paths, target.name);
  const notePath = join(workspace.paths.cache, `catalog-${target.name}`);
  for (;;) {
    const snapshot = await lake.snapshot();
    if ((await readFile(notePath, 'utf8').catch(() => '')) === (await note(snapshot, path))) return path;
    if (workspace.paths.isReadOnly) return undefined;
    await write(workspace, snapshot, path);
    await writeWhole(notePath, await note(snapshot, path));
    // A slower process may have put an older state in place; the last one to look sees that.
    if ((await lake.snapshot()).commit === snapshot.commit) return path;
  }

  /** Says what the file shows, and which file it is: a file that another process put there does not match. */
  async function note(snapshot: LakeSnapshot, at: string): Promise<string> {
    const found = await stat(at).catch(() => undefined);
    const file = `${found?.ino} ${found?.size} ${found?.mtimeMs}`;
    return `2 ${lake.storage.url} ${snapshot.commit} ${file}${engine.init === undefined ? '' : ` ${hash(engine.init)}`}`;
  }
}

/** Writes a database file with the views of a snapshot. */
export async function writeCatalogAt(workspace: Workspace, commit: number): Promise<string> {
  const lake = await workspace.lake();
  const path = join(workspace.paths.cache, `commit-${workspace.project.target.name}-${commit}.duckdb`);
  await write(workspace, await lake.snapshot(commit), path);
  return path;
}

/**
 * Writes a database file for one query, in a project that may only be read or for a lake whose files have to be
 * downloaded: then it has views of the tables that the query may mean. The caller removes it.
 */
export async function writeCatalogFor(
  workspace: Workspace,
  sql: string,
  commit: number | undefined,
  folder = workspace.paths.temp,
): Promise<string> {
  const lake = await workspace.lake();
  const path = join(folder, `query-${newId(new Date())}.duckdb`);
  await mkdir(folder, { recursive: true });
  const text = sql.toLowerCase();
  const isLocal = lake.storage.localRoot !== undefined;
  const include = (table: string) =>
    isLocal || text.includes(table.slice(table.indexOf('.') + 1).toLowerCase());
  await write(workspace, await lake.snapshot(commit), path, include);
  return path;
}

async function write(
  workspace: Workspace,
  snapshot: LakeSnapshot,
  path: string,
  include?: (table: string) => boolean,
): Promise<void> {
  const [{ openDuckdb }, lake] = await Promise.all([import('../engine/duckdb.js'), workspace.lake()]);
  await mkdir(dirname(path), { recursive: true });
  const { engine } = workspace.project;
  const { initSpan } = engine;
  // Views may call what `init` creates: it comes to lie in the file, for other readers too, unless it is a secret.
  const init = engine.initIsSecret ? undefined : engine.init;
  const openEngine = (file: string) =>
    openDuckdb({ path: file, threads: 1, ...(init !== undefined && { init }) });
  const request = { path, snapshot, storage: lake.storage, openEngine, ...(include && { include }) };
  await namingInit(init, initSpan, () => writeCatalog(request));
}
