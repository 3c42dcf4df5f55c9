import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostProcess, isDeadProcess, thisProcess } from '../util/host-process.js';
import type { ProjectPaths } from './project-paths.js';

const oldMs = 24 * 3_600_000;
const ownerFile = '.owner.json';

/** Gives an action a folder of its own below `.etl/tmp`, which goes away with it. */
export async function withTempFolder<T>(
  paths: ProjectPaths,
  name: string,
  action: (folder: string) => Promise<T>,
): Promise<T> {
  await removeLeftOver(paths.temp);
  const folder = await makeTempFolder(paths, name);
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a folder below `.etl/tmp`, which the caller removes, or, after its death, the next run. */
export async function makeTempFolder(paths: ProjectPaths, name: string): Promise<string> {
  const folder = join(paths.temp, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, ownerFile), JSON.stringify(thisProcess()));
  return folder;
}

/** What killed processes left, which can be large: by its owner, or, such as spilled queries, by its age. */
async function removeLeftOver(temp: string): Promise<void> {
  for (const entry of await readdir(temp).catch(() => [])) {
    const path = join(temp, entry);
    if ((await isOwnerDead(path)) || (await isOld(path))) await rm(path, { recursive: true, force: true });
  }
}

async function isOwnerDead(folder: string): Promise<boolean> {
  try {
    return isDeadProcess(JSON.parse(await readFile(join(folder, ownerFile), 'utf8')) as HostProcess);
  } catch {
    return false;
  }
}

/** A live process touches its files. */
async function isOld(path: string): Promise<boolean> {
  const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
  return Date.now() - changed > oldMs;
}
