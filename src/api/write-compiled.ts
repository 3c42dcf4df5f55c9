import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ManifestNode } from '../ir/manifest.js';
import { printableSql } from '../ir/printable-sql.js';
import { hash } from '../util/hash.js';
import { writeWhole } from './last-run.js';

/** What stands in the folder: the hash of the text by path, or nothing where that is in doubt. */
type Index = ReadonlyMap<string, string>;

/** An index has a line for each file, of which the last counts. It begins with this one. */
const header = 'hashes 1\n';

/**
 * Writes the SQL of models, as DuckDB runs it, to a folder for people to read, and removes all else from it.
 * Files that say the same already are left alone.
 */
export async function writeCompiled(folder: string, nodes: readonly ManifestNode[]): Promise<void> {
  const index = compiledIndex(folder);
  const known = await readIndex(index);
  if (!known) rmSync(folder, { recursive: true, force: true });
  const files = textsOf(nodes);
  const hashes = new Map([...files].map(([file, text]) => [file, hash(text)]));
  const changed = [...files].filter(([file]) => known?.get(file) !== hashes.get(file));
  const gone = [...(known?.keys() ?? [])].filter((file) => !files.has(file));
  if (known && changed.length + gone.length === 0) return;
  // Removed before anything is written: a run that ends here leaves files that no index knows of.
  rmSync(index, { force: true });
  writeFiles(folder, changed);
  for (const file of gone) rmSync(join(folder, file), { force: true });
  await writeWhole(index, header + [...hashes].map(indexLine).join(''));
}

/** Writes the SQL of some models into a folder that has an index, and leaves all else alone. */
export function updateCompiled(folder: string, nodes: readonly ManifestNode[]): void {
  const files = [...textsOf(nodes)];
  if (files.length === 0) return;
  const index = compiledIndex(folder);
  appendFileSync(index, files.map(([file]) => indexLine([file, ''])).join(''));
  writeFiles(folder, files);
  appendFileSync(index, files.map(([file, text]) => indexLine([file, hash(text)])).join(''));
}

/** The file that says what stands in the folder. */
export function compiledIndex(folder: string): string {
  return join(folder, '.index');
}

function textsOf(nodes: readonly ManifestNode[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { path, sql, segments } of nodes) {
    if (sql === undefined) continue;
    texts.set(path.replace(/\.ts$/, '.sql'), `${printableSql({ sql, segments }).trim()}\n`);
  }
  return texts;
}

function writeFiles(folder: string, files: readonly (readonly [file: string, text: string])[]): void {
  const made = new Set<string>();
  for (const [file, text] of files) {
    const parent = dirname(join(folder, file));
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    // Thousands of small files are written several times as fast one by one.
    writeFileSync(join(folder, file), text);
  }
}

function indexLine([file, content]: readonly [file: string, content: string]): string {
  return `${content} ${JSON.stringify(file)}\n`;
}

async function readIndex(path: string): Promise<Index | undefined> {
  try {
    const text = await readFile(path, 'utf8');
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
