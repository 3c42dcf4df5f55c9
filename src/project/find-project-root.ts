import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The nearest folder with an `etl.yml`, from `startDir` upwards (a file stands for its folder); undefined when there is none. */
export function findProjectRoot(startDir: string): string | undefined {
  const start = resolve(startDir);
  const isFile = statSync(start, { throwIfNoEntry: false })?.isFile() ?? false;
  for (let folder = isFile ? dirname(start) : start; ; folder = dirname(folder)) {
    if (statSync(join(folder, 'etl.yml'), { throwIfNoEntry: false })?.isFile()) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
