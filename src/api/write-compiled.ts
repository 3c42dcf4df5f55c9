import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ManifestNode } from '../ir/manifest.js';
import { printableSql } from '../ir/printable-sql.js';
import { hash } from '../util/hash.js';
import { writeWhole } from './last-run.js';

/** What stands in the folder: hash of the text by path. */
interface Index {
  readonly format: 1;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Writes the SQL of models, as DuckDB runs it, to a folder for people to read, and removes all else from it.
 * Files that say the same already are left alone.
 */
export async function writeCompiled(folder: string, nodes: readonly ManifestNode[]): Promise<void> {
  const known = await readIndex(folder);
  if (!known) rmSync(folder, { recursive: true, force: true });
  const files = writeFiles(folder, nodes, known);
  const gone = Object.keys(known ?? {}).filter((file) => files[file] === undefined);
  for (const file of gone) rmSync(join(folder, file), { force: true });
  if (!known || gone.length > 0 || Object.keys(files).some((file) => files[file] !== known[file]))
    await writeIndex(folder, files);
}

/** The same for some models: all else is left alone. False where it is not known what stands in the folder. */
export async function updateCompiled(folder: string, nodes: readonly ManifestNode[]): Promise<boolean> {
  if (nodes.length === 0) return true;
  const known = await readIndex(folder);
  if (!known) return false;
  await writeIndex(folder, { ...known, ...writeFiles(folder, nodes, known) });
  return true;
}

/** Writes what is other than known. The hash of each model's text, by its file. */
function writeFiles(
  folder: string,
  nodes: readonly ManifestNode[],
  known: Index['files'] | undefined,
): Index['files'] {
  const files: Record<string, string> = {};
  const made = new Set<string>();
  let changeCount = 0;
  for (const { path, sql, segments } of nodes) {
    if (sql === undefined) continue;
    const file = path.replace(/\.ts$/, '.sql');
    const text = `${printableSql({ sql, segments }).trim()}\n`;
    files[file] = hash(text);
    if (known?.[file] === files[file]) continue;
    // Written before the index is: a run that ends here leaves files that the index does not know of.
    if (changeCount++ === 0) rmSync(compiledIndex(folder), { force: true });
    const parent = dirname(join(folder, file));
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    // Thousands of small files are written several times as fast one by one.
    writeFileSync(join(folder, file), text);
  }
  return files;
}

/** The file that says what stands in the folder. */
export function compiledIndex(folder: string): string {
  return join(folder, '.index.json');
}

async function writeIndex(folder: string, files: Index['files']): Promise<void> {
  await writeWhole(compiledIndex(folder), JSON.stringify({ format: 1, files } satisfies Index));
}

async function readIndex(folder: string): Promise<Index['files'] | undefined> {
  try {
    const index = JSON.parse(await readFile(compiledIndex(folder), 'utf8')) as Index;
    return index.format === 1 ? index.files : undefined;
  } catch {
    return undefined;
  }
}
