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
export function openFileMemo(folder: string): FileMemo {
  const header = `${JSON.stringify({ format, build: buildId() })}\n`;
  return new JournalsMemo(folder, header);
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
      journal = new Journal(join(this.folder, `${kind}.jsonl`), this.header);
      this.#journals.set(kind, journal);
    }
    return journal;
  }
}

/** What is remembered of one kind. */
class Journal {
  readonly #entries = new Map<string, Entry>();
  /** Those that the file does not have yet. */
  readonly #added = new Map<string, Entry>();
  #isRead = false;
  #lineCount = 0;

  constructor(
    private readonly path: string,
    private readonly header: string,
  ) {}

  get isChanged(): boolean {
    return this.#added.size > 0;
  }

  get(key: string): unknown {
    if (!this.#isRead) this.#read();
    const entry = this.#entries.get(key);
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
    const kept = this.#isRead ? this.#kept() : lines;
    this.#added.clear();
    const isWasteful = this.#isRead && lineCount - kept.length > Math.max(fewLines, kept.length);
    if (isWasteful || !this.#hasHeader()) return this.#rewrite(kept);
    await appendFile(this.path, lines.join(''));
    this.#lineCount = lineCount;
  }

  #read(): void {
    this.#isRead = true;
    let journal: string;
    try {
      journal = readFileSync(this.path, 'utf8');
    } catch {
      return;
    }
    if (!journal.startsWith(this.header)) return;
    for (let start = this.header.length, end = 0; ; start = end + 1) {
      end = journal.indexOf('\n', start);
      if (end < 0) return;
      const tab = journal.indexOf('\t', start);
      if (tab < 0 || tab > end) continue;
      this.#lineCount++;
      const key = unescaped(journal.slice(start, tab));
      if (this.#added.has(key)) continue;
      const text = journal.slice(tab + 1, end);
      this.#entries.set(key, { text, value: undefined, isParsed: false, isUsed: false });
    }
  }

  /** False where there is no file, or one of another build. */
  #hasHeader(): boolean {
    const wanted = Buffer.from(this.header);
    const found = Buffer.alloc(wanted.length);
    try {
      const file = openSync(this.path, 'r');
      readSync(file, found);
      closeSync(file);
    } catch {
      return false;
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

function lineOf(key: string, entry: Entry): string {
  return `${escaped(key)}\t${textOf(entry)}\n`;
}
