import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSignature } from '../../util/file-signature.js';
import { hash } from '../../util/hash.js';
import type { SavedCompile } from './saved-compile.js';

/** The models of a project now, against those of a saved compile. */
export interface ModelChanges {
  /** Paths of the files whose text is another one, or that cannot be read. */
  readonly changed: readonly string[];
  /** The files as they are now. */
  readonly models: Pick<SavedCompile['models'], 'paths' | 'signatures' | 'hashes'>;
}

/** Undefined where files came or went. */
export function changedModels(
  root: string,
  paths: readonly string[],
  saved: SavedCompile['models'],
): ModelChanges | undefined {
  if (paths.join('\n') !== saved.paths) return undefined;
  const before = saved.signatures.split('\n');
  const signatures = paths.map((path) => signatureOf(join(root, path)));
  const hashes = saved.hashes.split('\n');
  const changed: string[] = [];
  for (const [i, signature] of signatures.entries()) {
    if (signature !== '' && signature === before[i]) continue;
    const path = paths[i]!;
    const content = readHash(join(root, path));
    if (content === hashes[i]) continue;
    hashes[i] = content;
    changed.push(path);
  }
  const models = { paths: saved.paths, signatures: signatures.join('\n'), hashes: hashes.join('\n') };
  return { changed, models };
}

/** A signature as it is saved: without the path, which is another one after the project was moved. */
export function savedSignature(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}

/** Nothing for a file that is so young that it must be read to be known, or that cannot be looked at. */
function signatureOf(file: string): string {
  try {
    const { text, isSettled } = fileSignature(file);
    return isSettled ? savedSignature(text) : '';
  } catch {
    return '';
  }
}

/** As `readText` hashes it. */
function readHash(file: string): string {
  try {
    return hash(readFileSync(file));
  } catch {
    return '';
  }
}
