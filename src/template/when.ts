import type { RawBuilder } from 'kysely';
import { sql } from './sql-tag.js';

/**
 * `fragment` when the condition holds, otherwise `otherwise`, by default no SQL at all.
 * Give a function where making the fragment costs something or fails when the condition does not hold.
 *
 * `${when(incremental, sql`where id > 5`)}` → `where id > 5` or nothing.
 */
export function when<T, U = RawBuilder<unknown>>(
  condition: unknown,
  fragment: T | (() => T),
  otherwise?: U | (() => U),
): T | U {
  const chosen = condition ? fragment : (otherwise ?? (sql`` as U));
  return typeof chosen === 'function' ? (chosen as () => T | U)() : chosen;
}
