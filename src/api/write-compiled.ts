import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompiledSql } from '../compiler/compile-input.js';
import type { ManifestNode } from '../ir/manifest.js';
import { printableSql, type WrittenSql } from '../ir/printable-sql.js';
import { hash } from '../util/hash.js';
import { writeWhole } from './last-run.js';

/** What stands in the folder: the hash of the text by path, or nothing where that is in doubt. */
type Index = ReadonlyMap<string, string>;

/** An index has a line for each file, of which the last counts. It begins with this one. */
const header = 'hashes 1\n';

/** Small enough that whoever waits for this thread does not wait long. */
const sliceMs = 3;

/**
 * The SQL of models, as DuckDB runs it, in a folder for people to read. Files that say the same already are left
 * alone. What is added before all is known is written when there is nothing else to do: ten thousand files take
 * seconds.
 */
export class CompiledFolder {
  readonly #known: Index | undefined;
  /** The hashes of what was written. */
  readonly #written = new Map<string, string>();
  readonly #folders = new Set<string>();
  #queue: CompiledSql[] = [];
  #hasBegun = false;

  constructor(private readonly folder: string) {
    this.#known = readIndex(compiledIndex(folder));
  }

  add(query: CompiledSql): void {
    if (this.#queue.length === 0) setImmediate(() => this.#writeSlice());
    this.#queue.push(query);
  }

  /** Forgets what was added and is not written yet. */
  stop(): void {
    this.#queue = [];
  }

  /** Writes what is missing, and removes all that is of none of these. */
  async finish(nodes: readonly ManifestNode[]): Promise<void> {
    this.stop();
    const files = new Set<string>();
    for (const { path, sql, segments } of nodes) {
      if (sql === undefined) continue;
      files.add(fileOf(path));
      this.#write({ path, sql, segments });
    }
    const gone = [...(this.#known?.keys() ?? []), ...this.#written.keys()].filter((file) => !files.has(file));
    if (this.#known && gone.length + this.#written.size === 0) return;
    this.#begin();
    for (const file of gone) rmSync(join(this.folder, file), { force: true });
    const lines = [...files].map((file) => indexLine(file, this.#hashOf(file)!));
    await writeWhole(compiledIndex(this.folder), header + lines.join(''));
  }

  #writeSlice(): void {
    const started = performance.now();
    try {
      while (this.#queue.length > 0 && performance.now() - started < sliceMs) this.#write(this.#queue.pop()!);
    } catch {
      // Whoever finishes runs into it again, and says so.
      this.stop();
    }
    if (this.#queue.length > 0) setImmediate(() => this.#writeSlice());
  }

  #write(query: CompiledSql): void {
    const file = fileOf(query.path);
    const text = textOf(query);
    const content = hash(text);
    if (this.#hashOf(file) === content) return;
    this.#begin();
    writeInto(this.folder, file, text, this.#folders);
    this.#written.set(file, content);
  }

  /** The index goes before anything is written: a run that ends here leaves files that no index knows of. */
  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const stale = this.#known ? compiledIndex(this.folder) : this.folder;
    rmSync(stale, { recursive: true, force: true });
  }

  #hashOf(file: string): string | undefined {
    return this.#written.get(file) ?? this.#known?.get(file);
  }
}

/** Writes the SQL of some models into a folder that has an index, and leaves all else alone. */
export function updateCompiled(folder: string, nodes: readonly ManifestNode[]): void {
  const texts = nodes.flatMap(({ path, sql, segments }) =>
    sql === undefined ? [] : [[fileOf(path), textOf({ sql, segments })] as const],
  );
  if (texts.length === 0) return;
  const index = compiledIndex(folder);
  const folders = new Set<string>();
  appendFileSync(index, texts.map(([file]) => indexLine(file, '')).join(''));
  for (const [file, text] of texts) writeInto(folder, file, text, folders);
  appendFileSync(index, texts.map(([file, text]) => indexLine(file, hash(text))).join(''));
}

/** The file that says what stands in the folder. */
export function compiledIndex(folder: string): string {
  return join(folder, '.index');
}

function fileOf(path: string): string {
  return path.replace(/\.ts$/, '.sql');
}

function textOf(written: WrittenSql): string {
  return `${printableSql(written).trim()}\n`;
}

/** `made` are the folders that are there already. Thousands of small files are written several times as fast one by one. */
function writeInto(folder: string, file: string, text: string, made: Set<string>): void {
  const path = join(folder, file);
  const parent = dirname(path);
  if (!made.has(parent)) mkdirSync(parent, { recursive: true });
  made.add(parent);
  writeFileSync(path, text);
}

function indexLine(file: string, content: string): string {
  return `${content} ${JSON.stringify(file)}\n`;
}

function readIndex(path: string): Index | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    if (!text.startsWith(header)) return undefined;
    const lines = text.slice(header.length).split('\n').slice(0, -1);
    return new Map(
      lines.map((line) => {
        const space = line.indexOf(' ');
        return [JSON.parse(line.slice(space + 1)), line.slice(0, space)];
      }),
    );
  } catch {
    return undefined;
  }
}
