import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes files one by one, which is several times as fast for thousands of small ones, and makes their folders. */
export class FileTree {
  readonly #folders = new Set<string>();

  write(path: string, text: string): void {
    const folder = dirname(path);
    if (!this.#folders.has(folder)) mkdirSync(folder, { recursive: true });
    this.#folders.add(folder);
    writeFileSync(path, text);
  }
}
