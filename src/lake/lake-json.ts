import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Storage } from '../ports/storage.js';

const newestFormat = 1;

/** The bytes of a value as the lake keeps it. */
export function lakeJson<T extends { readonly format: number }>(value: T): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/**
 * Reads a JSON file of the lake; undefined when there is none. `required` names the keys it must have.
 * Throws `DiagnosticError`: `lake/corrupt` names the key, `lake/newer-format` asks for a newer tool.
 */
export async function readLakeJson<T extends { readonly format: number }>(
  storage: Storage,
  key: string,
  required: readonly (keyof T & string)[],
): Promise<T | undefined> {
  const bytes = await storage.read(key);
  return bytes === undefined ? undefined : parseLakeJson<T>(storage, key, bytes, required);
}

/** Like `readLakeJson`, of bytes that are there already. */
export function parseLakeJson<T extends { readonly format: number }>(
  storage: Storage,
  key: string,
  bytes: Uint8Array,
  required: readonly (keyof T & string)[],
): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (thrown) {
    throw corruptLake(storage, key, `it is not JSON (${(thrown as Error).message})`);
  }
  if (typeof value !== 'object' || value === null) throw corruptLake(storage, key, 'it is not a JSON object');
  const { format } = value as { format?: unknown };
  if (typeof format !== 'number') throw corruptLake(storage, key, 'it has no format version');
  if (format > newestFormat) {
    throw new DiagnosticError([
      errorDiagnostic(
        'lake/newer-format',
        `${key} in ${storage.url} has format ${format}; this version of etl reads up to ${newestFormat}.`,
        { hint: 'update parquetry: npm install parquetry@latest' },
      ),
    ]);
  }
  const missing = required.find((name) => !(name in value));
  if (missing !== undefined) throw corruptLake(storage, key, `it has no "${missing}"`);
  return value as T;
}

/** The error for a file of the lake that is missing or cannot be read. */
export function corruptLake(storage: Storage, key: string, why: string): DiagnosticError {
  return new DiagnosticError([
    errorDiagnostic('lake/corrupt', `${key} in ${storage.url} cannot be used: ${why}.`, {
      hint: 'restore the file from a backup; nothing else of the lake was touched',
    }),
  ]);
}
