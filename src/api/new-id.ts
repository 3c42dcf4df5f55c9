import { randomBytes } from 'node:crypto';

/** An id that sorts by time and that no other process makes: `20260131T094500123-4f1d2a`. */
export function newId(now: Date): string {
  const time = now.toISOString().replace(/[-:.Z]/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}
