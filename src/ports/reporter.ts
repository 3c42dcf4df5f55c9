import type { RunEvent } from '../ir/run-event.js';

/** Shows what happens. It only reads events and never decides anything. */
export interface Reporter {
  report(event: RunEvent): void;
  /** Flushes and restores the terminal. */
  close(): void;
}
