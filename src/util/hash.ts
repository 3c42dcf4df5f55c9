import { createHash } from 'node:crypto';

/** SHA-256 of the parts, each preceded by its length so that no two lists collide; 32 hex digits are kept. */
export function hash(...parts: readonly (string | Uint8Array)[]): string {
  const digest = createHash('sha256');
  for (const part of parts) {
    digest.update(`${part.length}:`);
    digest.update(part);
  }
  return digest.digest('hex').slice(0, 32);
}
