import { statSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Memo } from '../ports/memo.js';
import { packageVersion } from '../util/package-version.js';

/** A memo that outlives the process. */
export interface FileMemo extends Memo {
  /** Writes what is new. Losing it costs time only. */
  flush(): Promise<void>;
}

const format = 1;
/** Rewritten without dead entries when more than this share of the file is dead. */
const mostDeadShare = 0.5;

/**
 * Opens `memo.jsonl` in a folder: a journal with one entry a line, the last one of a key counts. Values are parsed
 * when they are asked for, so that opening costs little however much is remembered. Processes append whole lines,
 * so several may share it; a torn last line is passed over.
 */
export async function openFileMemo(folder: string): Promise<FileMemo> {
  const path = join(folder, 'memo.jsonl');
  const header = `${JSON.stringify({ format, version: packageVersion(), builtMs: builtMs() })}\n`;
  const text = await readFile(path, 'utf8').catch(() => '');
  return new JournalMemo(
    folder,
    path,
    header,
    text.startsWith(header) ? text.slice(header.length) : undefined,
  );
}

/** Names an entry in the journal, where a line break or a tab would end it. */
function lineId(kind: string, key: string): string {
  return `${kind} ${key}`.replace(/[\t\n]/g, ' ');
}

/** When this code was built or installed: another build may come to other results from the same input. */
function builtMs(): number {
  return statSync(fileURLToPath(import.meta.url)).mtimeMs;
}

class JournalMemo implements FileMemo {
  /** JSON text of values from the file, by kind and key. */
  readonly #stored = new Map<string, string>();
  readonly #values = new Map<string, unknown>();
  readonly #used = new Set<string>();
  readonly #added: string[] = [];
  readonly #isNew: boolean;
  #lineCount = 0;

  constructor(
    private readonly folder: string,
    private readonly path: string,
    private readonly header: string,
    journal: string | undefined,
  ) {
    this.#isNew = journal === undefined;
    for (let start = 0, end = 0; journal && end >= 0; start = end + 1) {
      end = journal.indexOf('\n', start);
      if (end < 0) break;
      const tab = journal.indexOf('\t', start);
      if (tab < 0 || tab > end) continue;
      this.#stored.set(journal.slice(start, tab), journal.slice(tab + 1, end));
      this.#lineCount++;
    }
  }

  get<T>(kind: string, key: string): T | undefined {
    const id = lineId(kind, key);
    if (this.#values.has(id)) {
      this.#used.add(id);
      return this.#values.get(id) as T;
    }
    const text = this.#stored.get(id);
    if (text === undefined) return undefined;
    try {
      const value = JSON.parse(text) as T;
      this.#values.set(id, value);
      this.#used.add(id);
      return value;
    } catch {
      return undefined;
    }
  }

  set<T>(kind: string, key: string, value: T): void {
    const id = lineId(kind, key);
    this.#values.set(id, value);
    this.#used.add(id);
    this.#stored.set(id, JSON.stringify(value));
    this.#added.push(id);
  }

  async flush(): Promise<void> {
    if (this.#added.length === 0) return;
    const ids = [...new Set(this.#added.splice(0))];
    await mkdir(this.folder, { recursive: true });
    const total = this.#lineCount + ids.length;
    const dead = total - this.#stored.size + this.#unusedCount();
    if (this.#isNew || (total > 2000 && dead / total > mostDeadShare)) return this.#rewrite();
    await appendFile(this.path, ids.map((id) => this.#line(id)).join(''));
    this.#lineCount = total;
  }

  /** Entries that this process never asked for: most belong to texts that no longer exist. */
  #unusedCount(): number {
    return this.#stored.size - this.#used.size;
  }

  async #rewrite(): Promise<void> {
    const ids = this.#isNew ? [...this.#stored.keys()] : [...this.#used];
    const temp = `${this.path}.${process.pid}.tmp`;
    await writeFile(temp, this.header + ids.map((id) => this.#line(id)).join(''));
    await rename(temp, this.path);
    this.#lineCount = ids.length;
  }

  #line(id: string): string {
    return `${id}\t${this.#stored.get(id)}\n`;
  }
}
