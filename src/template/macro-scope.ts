import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { TextFile } from '../ir/project.js';
import { fixedApi } from './api-module.js';
import { exportedNames } from './exported-names.js';
import { liveNames } from './live-values.js';
import * as standardLibrary from './std/standard-library.js';

/** The names that macro files bring into scope. */
export interface MacroScope {
  readonly macros: ReadonlyMap<string, unknown>;
  /** Path of the file that each macro is from. */
  readonly owners: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const own = new Set<string>([...Object.keys(fixedApi), ...liveNames]);
// These are macros like any other: a project may have its own.
for (const name of Object.keys(standardLibrary)) own.delete(name);

/** Puts the exports of all macro files side by side. The same name in two files, or one of the API's, is an error. */
export function macroScope(
  files: readonly TextFile[],
  exports: readonly Readonly<Record<string, unknown>>[],
): MacroScope {
  const macros = new Map<string, unknown>();
  const owners = new Map<string, TextFile>();
  const diagnostics: Diagnostic[] = [];
  for (const [i, file] of files.entries()) {
    for (const [name, value] of Object.entries(exports[i] ?? {})) {
      if (name === 'default' || !identifier.test(name)) continue;
      // The same value twice is a file that exports another file's macros again.
      if (macros.has(name) && macros.get(name) === value) continue;
      const owner = owners.get(name);
      if (owner || own.has(name)) diagnostics.push(duplicate(name, file, owner));
      else {
        macros.set(name, value);
        owners.set(name, file);
      }
    }
  }
  return { macros, owners: new Map([...owners].map(([name, { path }]) => [name, path])), diagnostics };
}

function duplicate(name: string, file: TextFile, owner: TextFile | undefined): Diagnostic {
  const span = exportSpan(name, file);
  if (!owner) {
    return errorDiagnostic('template/duplicate-macro', `"${name}" is a name of the macro API.`, {
      span,
      hint: 'give the macro another name.',
    });
  }
  return errorDiagnostic('template/duplicate-macro', `"${name}" is exported by two macro files.`, {
    span,
    notes: [{ message: 'exported here too', span: exportSpan(name, owner) }],
    hint: 'rename one of them, or do not export the one that only its own file needs.',
  });
}

function exportSpan(name: string, file: TextFile) {
  const start = exportedNames(file.text).get(name) ?? 0;
  return new LineIndex(file.text).span(file.path, start, start + name.length);
}
