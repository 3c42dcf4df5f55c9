import { readFileSync } from 'node:fs';
import { type FileSignature, fileSignature } from '../../util/file-signature.js';
import { hash } from '../../util/hash.js';
import type { SavedCompile } from './saved-compile.js';

type SavedModels = SavedCompile['models'];

/** The models of a project now, against those of a saved compile. */
export interface ModelChanges {
  /** Paths of the files whose text is another one, or that cannot be read. */
  readonly changed: readonly string[];
  readonly signatures: readonly string[];
  readonly hashes: readonly string[];
}

/** Undefined where files came or went. */
export function changedModels(
  root: string,
  paths: readonly string[],
  saved: SavedModels,
): ModelChanges | undefined {
  if (paths.length !== saved.paths.length) return undefined;
  const changed: string[] = [];
  const signatures: string[] = [];
  const hashes: string[] = [];
  for (const [i, path] of paths.entries()) {
    if (path !== saved.paths[i]) return undefined;
    const file = `${root}/${path}`;
    const signature = readSignature(file);
    let content = saved.hashes[i]!;
    if (signature === undefined || signatureText(signature) !== saved.signatures[i]) {
      content = readHash(file);
      if (content !== saved.hashes[i]) changed.push(path);
    }
    signatures.push(signature?.isSettled ? signatureText(signature) : '');
    hashes.push(content);
  }
  return { changed, signatures, hashes };
}

/** A signature as it is saved: without the path, which may be another one after the project was moved. */
export function signatureText({ text }: Pick<FileSignature, 'text'>): string {
  return text.slice(text.indexOf('\n') + 1);
}

function readSignature(file: string): FileSignature | undefined {
  try {
    return fileSignature(file);
  } catch {
    return undefined;
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
