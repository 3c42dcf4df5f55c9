import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectPaths } from './project-paths.js';

const oldMs = 24 * 3_600_000;

/** Gives an action a folder of its own below `.etl/tmp`, which goes away with it. */
export async function withTempFolder<T>(
  paths: ProjectPaths,
  name: string,
  action: (folder: string) => Promise<T>,
): Promise<T> {
  await removeOld(paths.temp);
  const folder = join(paths.temp, name);
  await mkdir(folder, { recursive: true });
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a killed process left, spilled queries included, which can be large. A live one touches its files. */
async function removeOld(temp: string): Promise<void> {
  for (const entry of await readdir(temp).catch(() => [])) {
    const path = join(temp, entry);
    const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - changed > oldMs) await rm(path, { recursive: true, force: true });
  }
}
