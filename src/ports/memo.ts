/**
 * Remembers results between calls and between processes, by a key that covers everything they depend on.
 * Losing it costs time, never correctness.
 */
export interface Memo {
  get<T>(kind: string, key: string): T | undefined;
  set<T>(kind: string, key: string, value: T): void;
}
