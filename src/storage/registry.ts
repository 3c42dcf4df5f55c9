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

/** Opens the storage of a target's lake. Throws `DiagnosticError` for an address that no storage serves. */
export async function openStorage(target: Target, options: StorageOptions = {}): Promise<Storage> {
  const wrong = addressError(target.lake);
  if (!wrong) return openers[schemeOf(target.lake) ?? 'file']!(target, options);
  const { where, ...hint } = wrong;
  throw new DiagnosticError([errorDiagnostic('project/bad-place', `A lake cannot be ${where}.`, hint)]);
}

/** Why no storage serves an address: the end of a sentence, and what to do. */
export function addressError(
  address: string,
): { readonly where: string; readonly hint?: string } | undefined {
  if (/^~(?=\/|$)/.test(address)) {
    const where = 'at ~, which only a shell takes for the home folder';
    return { where, hint: 'write the path out, as in "${env.HOME}/lake"' };
  }
  const scheme = schemeOf(address);
  if (scheme === undefined || (scheme !== 'file' && own(openers, scheme) && address.includes('://')))
    return undefined;
  const others = Object.keys(openers).filter((name) => name !== 'file');
  const known = ['a folder', ...others.map((name) => `${name}://`)].join(' and ');
  const near = nearest(scheme, others);
  const other = near
    ? `did you mean "${near}://"?`
    : 'R2 and other stores that speak S3 are at s3://, with an endpoint';
  const hint = scheme === 'file' ? 'write the path without file://' : other;
  return { where: `at ${scheme}:${address.includes('://') ? '//' : ''}; known are ${known}`, hint };
}

/** What an address begins with that is no folder's name; the one letter of a disk is. */
function schemeOf(address: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):(\/?)/i.exec(address);
  return scheme && (scheme[2] || own(openers, scheme[1]!.toLowerCase())) ? scheme[1] : undefined;
}
