import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { TextFile } from '../ir/project.js';
import { type FileSignature, fileSignature } from '../util/file-signature.js';
import { hash } from '../util/hash.js';
import type { YamlPlace } from './yaml-file.js';

/** Files as they were read before, by path: one that nobody wrote, or with the same text, stays the same object. */
export type KnownTexts = Map<string, { readonly file: TextFile; readonly signature?: string }>;

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
  const before = known?.get(path);
  let bytes: Buffer;
  let signature: FileSignature | undefined;
  try {
    signature = known && fileSignature(join(rootDir, path));
    if (before?.signature !== undefined && before.signature === signature?.text) return before.file;
    bytes = readFileSync(join(rootDir, path));
  } catch (error) {
    return fail((error as NodeJS.ErrnoException).code ?? String(error));
  }
  if (!isUtf8(bytes)) return fail('it is not UTF-8 text', 'save it in the encoding UTF-8');
  const whole = bytes.toString();
  const text = whole.startsWith('\ufeff') ? whole.slice(1) : whole;
  const file = before?.file.text === text ? before.file : { path, text, hash: hash(bytes) };
  known?.set(path, { file, ...(signature?.isSettled && { signature: signature.text }) });
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
