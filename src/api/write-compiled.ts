import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledSql } from '../compiler/compile-input.js';
import type { ManifestNode } from '../ir/manifest.js';
import { printableSql, type WrittenSql } from '../ir/printable-sql.js';
import { hash } from '../util/hash.js';
import { FileTree } from './file-tree.js';
import { writeWhole } from './last-run.js';
import { ThreadedFiles } from './threaded-files.js';

/** What stands in the folder: the hash of the text by path, or nothing where that is in doubt. */
type Index = ReadonlyMap<string, string>;

/** An index has a line for each file, of which the last counts. It begins with this one. */
const header = 'hashes 1\n';

/** From so many files on, a thread of its own writes them. */
const manyFiles = 250;

/** Small enough that whoever waits for this thread does not wait long. */
const sliceMs = 3;

/**
 * The SQL of models, as DuckDB runs it, in a folder for people to read. Files that say the same already are left
 * alone. What is added before all is known is written meanwhile: ten thousand files take seconds.
 */
export class CompiledFolder {
  readonly #known: Index | undefined;
  /** The hashes of what was written. */
  readonly #written = new Map<string, string>();
  readonly #tree = new FileTree();
  #thread: ThreadedFiles | undefined;
  #mayThread = true;
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
    this.#thread?.stop();
    this.#thread = undefined;
  }

  /** Writes what is missing, and removes all that is of none of these. */
  async finish(nodes: readonly ManifestNode[]): Promise<void> {
    this.#queue = [];
    const queries = nodes.flatMap(({ path, sql, segments }) =>
      sql === undefined ? [] : { path, sql, segments },
    );
    const files = new Set(queries.map(({ path }) => fileOf(path)));
    for (const query of queries) this.#write(query);
    if (!(await this.#ended())) for (const query of queries) this.#write(query);
    const gone = [...(this.#known?.keys() ?? []), ...this.#written.keys()].filter((file) => !files.has(file));
    if (this.#known && gone.length + this.#written.size === 0) return;
    this.#begin();
    for (const file of gone) rmSync(join(this.folder, file), { force: true });
    const lines = [...files].map((file) => indexLine(file, this.#hashOf(file)!));
    await writeWhole(compiledIndex(this.folder), header + lines.join(''));
  }

  /** Whether a thread that was writing is done. Where it could not, all is written again here, which says why. */
  async #ended(): Promise<boolean> {
    const isDone = (await this.#thread?.end()) ?? true;
    this.#thread = undefined;
    if (isDone) return true;
    this.#mayThread = false;
    this.#written.clear();
    return false;
  }

  #writeSlice(): void {
    const started = performance.now();
    try {
      while (this.#queue.length > 0 && performance.now() - started < sliceMs) this.#write(this.#queue.pop()!);
    } catch {
      // Whoever finishes runs into it again, and says so.
      this.#queue = [];
    }
    if (this.#queue.length > 0) setImmediate(() => this.#writeSlice());
  }

  #write(query: CompiledSql): void {
    const file = fileOf(query.path);
    const text = textOf(query);
    const content = hash(text);
    if (this.#hashOf(file) === content) return;
    this.#begin();
    if (this.#mayThread && this.#written.size >= manyFiles)
      this.#thread ??= new ThreadedFiles(writerScript());
    const path = join(this.folder, file);
    if (this.#thread) this.#thread.write(path, text);
    else this.#tree.write(path, text);
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
  const tree = new FileTree();
  appendFileSync(index, texts.map(([file]) => indexLine(file, '')).join(''));
  for (const [file, text] of texts) tree.write(join(folder, file), text);
  appendFileSync(index, texts.map(([file, text]) => indexLine(file, hash(text))).join(''));
}

/** The file that says what stands in the folder. */
export function compiledIndex(folder: string): string {
  return join(folder, '.index');
}

function writerScript(): URL {
  return new URL('./write-files-worker.js', import.meta.url);
}

function fileOf(path: string): string {
  return path.replace(/\.ts$/, '.sql');
}

function textOf(written: WrittenSql): string {
  return `${printableSql(written).trim()}\n`;
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
