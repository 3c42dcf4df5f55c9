import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Target } from '../ir/project.js';
import type { Storage } from '../ports/storage.js';
import { nearest } from '../util/nearest.js';
import { own } from '../util/own.js';
import { openLocalStorage } from './local.js';

/** For remote storages. */
export interface StorageOptions {
  /** Where local copies are kept. Default: in the system's folder for temporary files. */
  readonly cacheDir?: string;
  /** How large all copies together may become. Default: 20 GiB. */
  readonly cacheBytes?: number;
  /** Objects in one answer of a list. Default: as many as the store gives. */
  readonly listPage?: number;
}

type Opener = (target: Target, options: StorageOptions) => Promise<Storage>;

/** Every kind of place that a lake can be, by the scheme of its URL; a plain path is `file`. */
const openers: Readonly<Record<string, Opener>> = {
  file: async (target) => openLocalStorage(target.lake.replace(/^file:\/\//, '')),
  s3: async (target, options) => {
    const { openS3Storage } = await import('./open-s3.js');
    return openS3Storage(target, { cacheDir: join(tmpdir(), 'parquetry-cache'), ...options });
  },
};

/** Opens the storage of a target's lake. Throws `DiagnosticError` for a scheme that no storage serves. */
export async function openStorage(target: Target, options: StorageOptions = {}): Promise<Storage> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//.exec(target.lake)?.[1] ?? 'file';
  const opener = own(openers, scheme);
  if (opener) return opener(target, options);
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
