import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Memo } from '../ports/memo.js';
import { buildId } from '../util/build-id.js';

/** A memo that outlives the process. */
export interface FileMemo extends Memo {
  /** Writes what is new. Losing it costs time only. */
  flush(): Promise<void>;
}

export interface MemoOptions {
  /** False for a process that asks for a part only: what it does not ask for is as good as before. Default: true. */
  readonly forgets?: boolean;
}

const format = 2;
/** Lines that nobody needs are tolerated up to this number, and up to as many as there are others. */
const fewLines = 1000;

/** A remembered value: as JSON until it is asked for, or, where it is new, a value until it is written. */
interface Entry {
  text: string | undefined;
  value: unknown;
  isParsed: boolean;
  isUsed: boolean;
}

function textOf(entry: Entry): string {
  entry.text ??= JSON.stringify(entry.value);
  return entry.text;
}

/**
 * Opens a memo of one file `<kind>.jsonl` a kind in a folder: a journal with one entry a line, the last one of a key
 * counts. A file is read when something of its kind is asked for, and a value is parsed when it is, so that
 * opening costs nothing and asking for little costs little. Processes append whole lines, so several may share it; a torn
 * last line is passed over.
 */
export function openFileMemo(folder: string, { forgets = true }: MemoOptions = {}): FileMemo {
  const header = `${JSON.stringify({ format, build: buildId() })}\n`;
  return new JournalsMemo(folder, header, forgets);
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

class JournalsMemo implements FileMemo {
  readonly #journals = new Map<string, Journal>();

  constructor(
    private readonly folder: string,
    private readonly header: string,
    private readonly forgets: boolean,
  ) {}

  get<T>(kind: string, key: string): T | undefined {
    return this.#journal(kind).get(key) as T | undefined;
  }

  set<T>(kind: string, key: string, value: T): void {
    this.#journal(kind).set(key, value);
  }

  async flush(): Promise<void> {
    const changed = [...this.#journals.values()].filter((journal) => journal.isChanged);
    if (changed.length === 0) return;
    // A project that may only be read, or a full disk.
    await mkdir(this.folder, { recursive: true }).catch(() => undefined);
    await Promise.all(changed.map((journal) => journal.write().catch(() => undefined)));
  }

  #journal(kind: string): Journal {
    let journal = this.#journals.get(kind);
    if (!journal) {
      journal = new Journal(join(this.folder, `${kind}.jsonl`), this.header, this.forgets);
      this.#journals.set(kind, journal);
    }
    return journal;
  }
}

/** So many keys are looked for in the text, before it is taken apart. */
const fewKeys = 8;

/** What is remembered of one kind. */
class Journal {
  readonly #entries = new Map<string, Entry>();
  /** Those that the file does not have yet. */
  readonly #added = new Map<string, Entry>();
  /** The file as it was, until it is taken apart. */
  #text: string | undefined;
  #searchCount = 0;
  #isRead = false;
  #lineCount = 0;

  constructor(
    private readonly path: string,
    private readonly header: string,
    private readonly forgets: boolean,
  ) {}

  get isChanged(): boolean {
    return this.#added.size > 0;
  }

  get(key: string): unknown {
    const entry = this.#find(key);
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
    return entry.value;
  }

  set(key: string, value: unknown): void {
    const entry = { text: undefined, value, isParsed: true, isUsed: true };
    this.#entries.set(key, entry);
    this.#added.set(key, entry);
  }

  async write(): Promise<void> {
    const lines = [...this.#added].map(([key, entry]) => lineOf(key, entry));
    const lineCount = this.#lineCount + lines.length;
    this.#added.clear();
    if (!this.#hasHeader()) return this.#rewrite(lines);
    if (this.forgets && this.#isRead) {
      const kept = this.#kept();
      if (lineCount - kept.length > Math.max(fewLines, kept.length)) return this.#rewrite(kept);
    }
    await appendFile(this.path, lines.join(''));
    this.#lineCount = lineCount;
  }

  #find(key: string): Entry | undefined {
    if (this.#isRead || this.#entries.has(key)) return this.#entries.get(key);
    this.#text ??= this.#readFile();
    if (this.#searchCount++ === fewKeys) {
      this.#takeApart(this.#text);
      return this.#entries.get(key);
    }
    const text = lastValue(this.#text, escaped(key));
    if (text === undefined) return undefined;
    const entry = { text, value: undefined, isParsed: false, isUsed: false };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Nothing where there is no file, or one of another build. */
  #readFile(): string {
    try {
      const journal = readFileSync(this.path, 'utf8');
      return journal.startsWith(this.header) ? journal : '';
    } catch {
      return '';
    }
  }

  #takeApart(journal: string): void {
    this.#isRead = true;
    this.#text = undefined;
    for (let start = this.header.length, end = 0; ; start = end + 1) {
      end = journal.indexOf('\n', start);
      if (end < 0) return;
      const tab = journal.indexOf('\t', start);
      if (tab < 0 || tab > end) continue;
      this.#lineCount++;
      const key = unescaped(journal.slice(start, tab));
      // Found before, or newer than the file.
      if (this.#entries.get(key)?.isUsed) continue;
      const text = journal.slice(tab + 1, end);
      this.#entries.set(key, { text, value: undefined, isParsed: false, isUsed: false });
    }
  }

  /** False where there is no file, or one of another build. */
  #hasHeader(): boolean {
    const wanted = Buffer.from(this.header);
    const found = Buffer.alloc(wanted.length);
    let file: number | undefined;
    try {
      file = openSync(this.path, 'r');
      readSync(file, found);
    } catch {
      return false;
    } finally {
      if (file !== undefined) closeSync(file);
    }
    return found.equals(wanted);
  }

  /** Lines worth keeping: those that were asked for or are new. */
  #kept(): readonly string[] {
    return [...this.#entries].filter(([, { isUsed }]) => isUsed).map(([key, entry]) => lineOf(key, entry));
  }

  async #rewrite(lines: readonly string[]): Promise<void> {
    const temp = `${this.path}.${process.pid}.tmp`;
    await writeFile(temp, this.header + lines.join(''));
    await rename(temp, this.path);
    this.#lineCount = lines.length;
  }
}

/** The value of the last line of a key. */
function lastValue(journal: string, key: string): string | undefined {
  const line = `\n${key}\t`;
  let last = -1;
  for (let at = journal.indexOf(line); at >= 0; at = journal.indexOf(line, at + 1)) last = at;
  const start = last + line.length;
  const end = last < 0 ? -1 : journal.indexOf('\n', start);
  return end < 0 ? undefined : journal.slice(start, end);
}

function lineOf(key: string, entry: Entry): string {
  return `${escaped(key)}\t${textOf(entry)}\n`;
}
