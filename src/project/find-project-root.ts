import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The nearest folder with an `etl.yml`, from `startDir` upwards; undefined when there is none. */
export function findProjectRoot(startDir: string): string | undefined {
  for (let folder = resolve(startDir); ; folder = dirname(folder)) {
    if (statSync(join(folder, 'etl.yml'), { throwIfNoEntry: false })?.isFile()) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
