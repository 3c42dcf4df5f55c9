import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Target } from '../ir/project.js';
import type { Storage } from '../ports/storage.js';
import { nearest } from '../util/nearest.js';
import { openLocalStorage } from './local.js';

type Opener = (target: Target) => Promise<Storage>;

/** Every kind of place that a lake can be, by the scheme of its URL; a plain path is `file`. */
const openers: Readonly<Record<string, Opener>> = {
  file: async (target) => openLocalStorage(target.lake.replace(/^file:\/\//, '')),
};

/** Opens the storage of a target's lake. Throws `DiagnosticError` for a scheme that no storage serves. */
export async function openStorage(target: Target): Promise<Storage> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//.exec(target.lake)?.[1] ?? 'file';
  const opener = openers[scheme];
  if (opener) return opener(target);
  const near = nearest(scheme, Object.keys(openers));
  throw new DiagnosticError([
    errorDiagnostic(
      'project/invalid-value',
      `A lake cannot be at ${scheme}://; known are a folder${schemes()}.`,
      near ? { hint: `did you mean "${near}://"?` } : {},
    ),
  ]);
}

function schemes(): string {
  const others = Object.keys(openers).filter((scheme) => scheme !== 'file');
  return others.length === 0 ? '' : ` and ${others.map((scheme) => `${scheme}://`).join(', ')}`;
}
