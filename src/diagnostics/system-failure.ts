import { type Diagnostic, errorDiagnostic } from './diagnostic.js';

type Refusal = 'no-space' | 'no-access' | 'too-many-files' | 'no-memory';

const byCode: Readonly<Record<string, Refusal>> = {
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EFBIG: 'no-space',
  EACCES: 'no-access',
  EPERM: 'no-access',
  EROFS: 'no-access',
  EMFILE: 'too-many-files',
  ENFILE: 'too-many-files',
  ENOMEM: 'no-memory',
};

/** How the engine words what only the machine can be at fault for. A missing permission may be that of a source. */
const byText: readonly (readonly [RegExp, Refusal])[] = [
  [/No space left on device|Disk quota exceeded|File too large/, 'no-space'],
  [/Too many open files/, 'too-many-files'],
  [/Read-only file system/, 'no-access'],
];

const hints: Readonly<Record<Refusal, string>> = {
  'no-space': 'free some space there, or raise the quota, and run it again: what is committed is safe',
  'no-access': 'see who owns it, what its permissions are, and whether its disk is mounted read-only',
  'too-many-files': 'raise the limit of open files, as with `ulimit -n 4096`, and run it again',
  'no-memory': 'end other programs, or lower engine.memory_limit and engine.threads in etl.yml',
};

/** An error of the operating system: a full disk, a missing permission. The message says what it was about. */
function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
}

/** True where the operating system said no, so that certainly nothing was done. */
export function isRefused(thrown: unknown): boolean {
  return isSystemError(thrown) && refusalOf(thrown) !== undefined;
}

/** True where the machine is at fault, and neither the query nor what it reads. */
export function isRefusedByMachine(thrown: unknown): thrown is Error {
  return thrown instanceof Error && (refusalOf(thrown) ?? 'no-access') !== 'no-access';
}

/**
 * Explains what the operating system refused, be it to Node or to the engine; undefined for other errors.
 * @param what what could not be done, such as `orders failed`
 */
export function systemFailure(thrown: unknown, what?: string): Diagnostic | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const refusal = refusalOf(thrown);
  if (refusal === undefined && !isSystemError(thrown)) return undefined;
  const message = what === undefined ? thrown.message : `${what}: ${thrown.message}`;
  return errorDiagnostic('system/refused', message, refusal && { hint: hints[refusal] });
}

function refusalOf(error: Error): Refusal | undefined {
  if (isSystemError(error)) return Object.hasOwn(byCode, error.code ?? '') ? byCode[error.code!] : undefined;
  return byText.find(([pattern]) => pattern.test(error.message))?.[1];
}
