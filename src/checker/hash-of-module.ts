import { hash } from '../util/hash.js';

/** By path: from check to check nearly all modules have the text that they had. */
const hashes = new Map<string, { readonly text: string; readonly hash: string }>();
const mostHashes = 50_000;

/** The hash of a module's path and text. */
export function hashOfModule(file: string, text: string): string {
  const known = hashes.get(file);
  if (known?.text === text) return known.hash;
  const made = hash(file, text);
  if (hashes.size >= mostHashes) hashes.clear();
  hashes.set(file, { text, hash: made });
  return made;
}
