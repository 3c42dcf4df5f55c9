import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { TextFile } from '../ir/project.js';
import { hash } from '../util/hash.js';
import type { YamlPlace } from './yaml-file.js';

/** Files as they were read before, by path: one with the same text stays the same object. */
export type KnownTexts = Map<string, TextFile>;

/** Reads a file of the project, without its byte order mark. Undefined, and reported, when that fails. */
export function readText(
  rootDir: string,
  path: string,
  diagnostics: Diagnostic[],
  known?: KnownTexts,
): TextFile | undefined {
  const fail = (reason: string, hint?: string) => {
    const details = { span: startOf(path), ...(hint && { hint }) };
    diagnostics.push(
      errorDiagnostic('project/unreadable-file', `${path} cannot be read: ${reason}.`, details),
    );
    return undefined;
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(rootDir, path));
  } catch (error) {
    return fail((error as NodeJS.ErrnoException).code ?? String(error));
  }
  if (!isUtf8(bytes)) return fail('it is not UTF-8 text', 'save it in the encoding UTF-8');
  const whole = bytes.toString();
  const text = whole.startsWith('\ufeff') ? whole.slice(1) : whole;
  const before = known?.get(path);
  if (before?.text === text) return before;
  const file = { path, text, hash: hash(bytes) };
  known?.set(path, file);
  return file;
}

const beginning = { offset: 0, line: 1, column: 1 };

/** The beginning of a file: where things stand that are about the file as a whole. */
export function startOf(path: string): Span {
  return { file: path, start: beginning, end: beginning };
}

/** A whole file as YAML. */
export function wholeFile({ path, text }: TextFile): YamlPlace {
  return { path, text, start: 0, end: text.length };
}
