import type { Dirent } from 'node:fs';
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

/** True when a pattern has `*`, `?`, `[…]` or `{a,b}`. */
export function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

/**
 * Absolute paths of the files that match, sorted by code unit. `*` and `?` stay within one folder and, like
 * a shell's, do not match a leading dot; `**` is any number of folders. A pattern that names an existing
 * file is that file, whatever characters it has.
 */
export async function glob(rootDir: string, pattern: string): Promise<readonly string[]> {
  const literal = resolve(rootDir, pattern);
  if (isFile(literal)) return [literal];
  if (!isGlob(pattern)) return [];
  const found = new Set<string>();
  for (const alternative of expandBraces(pattern.replaceAll('\\', '/'))) {
    const segments = alternative.split('/').filter((s, i) => s !== '' || i === 0);
    const base = isAbsolute(alternative) ? resolve('/', segments.shift() || '/') : resolve(rootDir);
    await walk(base, segments, found);
  }
  return [...found].sort();
}

async function walk(folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '.' || segment === '..' || !isGlob(segment)) {
    const path = join(folder, segment);
    if (rest.length > 0) await walk(path, rest, found);
    else if (isFile(path)) found.add(path);
    return;
  }
  if (segment === '**') await walk(folder, rest.length > 0 ? rest : ['*'], found);
  const matches = segmentMatcher(segment);
  for (const entry of await entriesOf(folder)) {
    if (!matches.test(entry.name)) continue;
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? kindOf(path) : entry.isDirectory() ? 'folder' : 'file';
    // A link to a folder is followed by `*` but not by `**`, so that a circle of links ends.
    if (segment === '**') {
      if (entry.isDirectory()) await walk(path, segments, found);
    } else if (rest.length > 0 && kind === 'folder') await walk(path, rest, found);
    else if (rest.length === 0 && kind === 'file') found.add(path);
  }
}

function segmentMatcher(segment: string): RegExp {
  if (segment === '**') return /^[^.]/;
  let source = segment.startsWith('.') ? '' : '(?!\\.)';
  for (let i = 0; i < segment.length; i++) {
    const character = segment[i]!;
    const close = character === '[' ? segment.indexOf(']', i + 2) : -1;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (close > 0) {
      const body = segment
        .slice(i + 1, close)
        .replace(/^!/, '^')
        .replace(/[\\[\]]/g, '\\$&');
      source += `[${body}]`;
      i = close;
    } else source += character.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 'su');
}

/** `a{b,c}d` as `abd` and `acd`; braces may nest. A brace without a comma or its end stands for itself. */
export function expandBraces(pattern: string): readonly string[] {
  for (let open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
    const parts: string[] = [];
    let depth = 0;
    let start = open + 1;
    for (let i = open; i < pattern.length; i++) {
      if (pattern[i] === '{') depth++;
      else if (pattern[i] === '}') depth--;
      if (depth === 0 || (depth === 1 && pattern[i] === ',')) {
        parts.push(pattern.slice(start, i));
        start = i + 1;
      }
      if (depth === 0) break;
    }
    if (depth > 0 || parts.length < 2) continue;
    return parts.flatMap((part) => expandBraces(pattern.slice(0, open) + part + pattern.slice(start)));
  }
  return [pattern];
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return kindOf(path) === 'file';
}
