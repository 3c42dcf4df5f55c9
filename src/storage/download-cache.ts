import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

// Another process may just be reading what was used this recently.
const safeAgeMs = 3_600_000;

/**
 * Local copies of objects, by a name that stands for their content: what is there is right. The least recently
 * used ones go when all together are larger than `maxBytes`, but none that this process asked for.
 */
export class DownloadCache {
  readonly #underWay = new Map<string, Promise<string>>();
  readonly #inUse = new Set<string>();
  #sizeBytes: number | undefined;

  constructor(
    private readonly dir: string,
    private readonly maxBytes: number,
  ) {}

  /** The path of a copy, filled by `download` when there is none. Concurrent calls share one download. */
  get(name: string, download: (path: string) => Promise<void>): Promise<string> {
    this.#inUse.add(name);
    const known = this.#underWay.get(name);
    if (known) return known;
    const path = this.#find(name, download);
    this.#underWay.set(name, path);
    path.finally(() => this.#underWay.delete(name)).catch(() => undefined);
    return path;
  }

  async has(name: string): Promise<boolean> {
    return (await stat(join(this.dir, name)).catch(() => undefined)) !== undefined;
  }

  /** Takes a file that was just written elsewhere, so that it need not be downloaded. The file is moved. */
  async add(name: string, localPath: string): Promise<void> {
    this.#inUse.add(name);
    await mkdir(this.dir, { recursive: true });
    // From another disk it would be a copy that perhaps nobody needs.
    await rename(localPath, join(this.dir, name)).then(
      () => this.#grow(name),
      () => undefined,
    );
  }

  async #find(name: string, download: (path: string) => Promise<void>): Promise<string> {
    const path = join(this.dir, name);
    const now = new Date();
    const found = await utimes(path, now, now).then(
      () => true,
      () => false,
    );
    if (found) return path;
    await mkdir(this.dir, { recursive: true });
    const temp = join(this.dir, `${randomUUID()}.part`);
    try {
      await download(temp);
      await rename(temp, path);
    } finally {
      await rm(temp, { force: true });
    }
    await this.#grow(name);
    return path;
  }

  async #grow(name: string): Promise<void> {
    if (this.#sizeBytes !== undefined) this.#sizeBytes += (await stat(join(this.dir, name))).size;
    if (this.#sizeBytes === undefined || this.#sizeBytes > this.maxBytes) await this.#evict();
  }

  async #evict(): Promise<void> {
    const files = await this.#files();
    let sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const unused = files
      .filter(({ name, usedMs }) => !this.#inUse.has(name) && Date.now() - usedMs > safeAgeMs)
      .sort((a, b) => a.usedMs - b.usedMs);
    for (const file of unused) {
      if (sizeBytes <= this.maxBytes) break;
      await rm(join(this.dir, file.name), { force: true });
      sizeBytes -= file.sizeBytes;
    }
    this.#sizeBytes = sizeBytes;
  }

  async #files(): Promise<{ name: string; sizeBytes: number; usedMs: number }[]> {
    const files: { name: string; sizeBytes: number; usedMs: number }[] = [];
    for (const name of await readdir(this.dir)) {
      const found = await stat(join(this.dir, name)).catch(() => undefined);
      if (found?.isFile()) files.push({ name, sizeBytes: found.size, usedMs: found.mtimeMs });
    }
    return files;
  }
}
