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
/** Lines that nobody needs are tolerated up to this number, and up to as many as there are others. */
const fewLines = 1000;

/** A remembered value: as JSON until it is asked for, or, where it is new, a value until it is written. */
interface Entry {
  text: string | undefined;
  value: unknown;
  isParsed: boolean;
  isUsed: boolean;
}

type Kind = Map<string, Entry>;

function textOf(entry: Entry): string {
  entry.text ??= JSON.stringify(entry.value);
  return entry.text;
}

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

/** When this code was built or installed: another build may come to other results from the same input. */
function builtMs(): number {
  return statSync(fileURLToPath(import.meta.url)).mtimeMs;
}

/** A key without the characters that would end it in the journal. */
function escaped(key: string): string {
  return /[\\\t\n]/.test(key) ? JSON.stringify(key).slice(1, -1) : key;
}

function unescaped(key: string): string {
  if (!key.includes('\\')) return key;
  try {
    return JSON.parse(`"${key}"`);
  } catch {
    // A damaged line: nobody asks for this key.
    return key;
  }
}

class JournalMemo implements FileMemo {
  readonly #kinds = new Map<string, Kind>();
  /** Ids of entries that the file does not have yet. */
  readonly #added = new Map<Entry, string>();
  #isNew: boolean;
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
      const space = journal.indexOf(' ', start);
      const tab = journal.indexOf('\t', space);
      if (space < 0 || tab < 0 || tab > end) continue;
      const entry = { text: journal.slice(tab + 1, end), value: undefined, isParsed: false, isUsed: false };
      this.#kind(journal.slice(start, space)).set(unescaped(journal.slice(space + 1, tab)), entry);
      this.#lineCount++;
    }
  }

  get<T>(kind: string, key: string): T | undefined {
    const entry = this.#kinds.get(kind)?.get(key);
    if (!entry) return undefined;
    if (!entry.isParsed) {
      try {
        entry.value = JSON.parse(entry.text!);
      } catch {
        return undefined;
      }
      entry.isParsed = true;
    }
    entry.isUsed = true;
    return entry.value as T;
  }

  set<T>(kind: string, key: string, value: T): void {
    const entry = { text: undefined, value, isParsed: true, isUsed: true };
    this.#kind(kind).set(key, entry);
    this.#added.set(entry, `${kind} ${escaped(key)}`);
  }

  async flush(): Promise<void> {
    if (this.#added.size === 0) return;
    // A project that may only be read, or a full disk.
    await this.#write().catch(() => undefined);
  }

  async #write(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const lineCount = this.#lineCount + this.#added.size;
    const kept = this.#kept();
    const lines = [...this.#added].map(([entry, id]) => `${id}\t${textOf(entry)}\n`).join('');
    this.#added.clear();
    if (this.#isNew || lineCount - kept.length > Math.max(fewLines, kept.length)) return this.#rewrite(kept);
    await appendFile(this.path, lines);
    this.#lineCount = lineCount;
  }

  #kind(name: string): Kind {
    let kind = this.#kinds.get(name);
    if (!kind) {
      kind = new Map();
      this.#kinds.set(name, kind);
    }
    return kind;
  }

  /**
   * Lines worth keeping: those that were used, and whole kinds of which nothing was, since a process that only
   * looks at a table asks for little.
   */
  #kept(): readonly string[] {
    const lines: string[] = [];
    for (const [name, kind] of this.#kinds) {
      const isKindUsed = [...kind.values()].some((entry) => entry.isUsed);
      for (const [key, entry] of kind)
        if (entry.isUsed || !isKindUsed) lines.push(`${name} ${escaped(key)}\t${textOf(entry)}\n`);
    }
    return lines;
  }

  async #rewrite(lines: readonly string[]): Promise<void> {
    const temp = `${this.path}.${process.pid}.tmp`;
    await writeFile(temp, this.header + lines.join(''));
    await rename(temp, this.path);
    this.#lineCount = lines.length;
    this.#isNew = false;
  }
}
