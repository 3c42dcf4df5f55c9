import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import { nearest } from '../../util/nearest.js';
import { type Compression, type FileFormat, formatOfName, knownExtensions } from './file-format.js';
import { glob, isGlob } from './glob.js';
import type { FileOptions } from './options.js';

export interface FoundFile {
  /** Relative to the project's root with forward slashes; absolute when it lies outside. */
  readonly path: string;
  readonly absolute: string;
  readonly format: FileFormat;
  readonly compression: Compression;
}

/**
 * The files of a table, sorted by path and each once. Throws `DiagnosticError`: `land/no-files` for a path
 * that matches nothing (unless `allow_empty`), `land/unreadable` for a format that cannot be told.
 */
export async function listFiles(
  table: SourceTable,
  options: FileOptions,
  rootDir: string,
): Promise<readonly FoundFile[]> {
  const byPath = new Map<string, FoundFile>();
  for (const pattern of options.path) {
    if (/^[a-z][\w+.-]+:\/\//i.test(pattern)) throw isUrl(table, pattern);
    const matches = await glob(rootDir, pattern);
    if (matches.length === 0 && !options.allow_empty) throw await noFiles(table, pattern, rootDir);
    for (const absolute of matches) {
      const path = displayPath(rootDir, absolute);
      const named = formatOfName(path);
      const format = options.format ?? named.format;
      if (!format) throw unknownFormat(table, path);
      byPath.set(path, { path, absolute, format, compression: options.compression ?? named.compression });
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** How a path is shown and stored: the same on every machine for files inside the project. */
export function displayPath(rootDir: string, absolute: string): string {
  const inside = relative(rootDir, absolute);
  const shown = inside.startsWith(`..${sep}`) || isAbsolute(inside) ? absolute : inside;
  return sep === '/' ? shown : shown.replaceAll(sep, '/');
}

function isUrl(table: SourceTable, pattern: string): DiagnosticError {
  const [scheme] = pattern.split('//');
  return new DiagnosticError([
    errorDiagnostic(
      'land/no-files',
      `The path of ${table.name} begins with ${scheme}//, and URLs are not read.`,
      {
        span: table.configSpans.path ?? table.span,
        hint:
          scheme!.toLowerCase() === 'file:'
            ? 'write the path without file://'
            : 'sources are files on a disk: fetch them before the build',
      },
    ),
  ]);
}

async function noFiles(table: SourceTable, pattern: string, rootDir: string): Promise<DiagnosticError> {
  const near = await nearFiles(rootDir, pattern);
  const span = table.configSpans.path ?? table.span;
  const what = isGlob(pattern) ? `No file matches "${pattern}"` : `There is no file "${pattern}"`;
  return new DiagnosticError([
    errorDiagnostic('land/no-files', `${what}, the path of ${table.name}.`, {
      span,
      hint: near,
    }),
  ]);
}

/** What there is instead of a path that matches nothing. */
async function nearFiles(rootDir: string, pattern: string): Promise<string> {
  const segments = pattern.replace(/(?<=.)\/+$/, '').split('/');
  let folder = pattern.startsWith('/') ? '/' : rootDir;
  let isChanged = false;
  for (const [i, segment] of segments.entries()) {
    const names = await namesIn(folder);
    if (isGlob(segment) && isChanged) break;
    if (!isGlob(segment) && (['', '.', '..'].includes(segment) || names.includes(segment))) {
      folder = resolve(folder, segment);
      continue;
    }
    if (segment === '~' && i === 0)
      return 'a path begins with `/` or in the project: `~` has no meaning here';
    const shown = `${displayPath(rootDir, folder) || '.'}/`;
    const close = isGlob(segment) ? undefined : nearest(segment, names);
    if (close === undefined) {
      if (names.length === 0) return `${shown} is empty`;
      return `${shown} has ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
    }
    segments[i] = close;
    isChanged = true;
    folder = resolve(folder, close);
  }
  const found = segments.join('/');
  if (isChanged) return `did you mean "${found}"?`;
  return (await isFolder(folder))
    ? `${found} is a folder; its files are ${found}/*`
    : `${found} is a link to what does not exist`;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch {
    return [];
  }
}

function unknownFormat(table: SourceTable, path: string): DiagnosticError {
  return new DiagnosticError([
    errorDiagnostic('land/unreadable', `The format of ${path} cannot be told from its name.`, {
      span: table.configSpans.path ?? table.span,
      hint: `say it with \`format:\`, or use one of ${knownExtensions.join(' ')} (with .gz or .zst behind it)`,
    }),
  ]);
}
