import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Why this process cannot write into a folder, nor make it where it is not there yet; undefined where it can. */
export function whyUnwritable(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    try {
      if (!statSync(at).isDirectory()) return `${at} is no folder`;
      accessSync(at, constants.W_OK | constants.X_OK);
      return undefined;
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException;
      const mayLieAbove = code === 'ENOENT' || code === 'ENOTDIR';
      if (!mayLieAbove || dirname(at) === at) return message;
    }
  }
}
