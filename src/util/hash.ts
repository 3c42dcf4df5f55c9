import { createHash, hash as digestOf } from 'node:crypto';

/** SHA-256 of the parts, each preceded by its length so that no two lists collide; 32 hex digits are kept. */
export function hash(...parts: readonly (string | Uint8Array)[]): string {
  let text = '';
  for (const part of parts) {
    if (typeof part !== 'string') return hashBytes(parts);
    text += `${part.length}:${part}`;
  }
  // Texts are mostly short, and a hash object costs more than hashing them.
  return digestOf('sha256', text, 'hex').slice(0, 32);
}

function hashBytes(parts: readonly (string | Uint8Array)[]): string {
  const digest = createHash('sha256');
  for (const part of parts) {
    digest.update(`${part.length}:`);
    digest.update(part);
  }
  return digest.digest('hex').slice(0, 32);
}
