import type { Reporter } from '../ports/reporter.js';
import type { ReporterOptions } from './reporter-options.js';

/** For programs: every event as one line of JSON. */
export function jsonReporter({ stdout }: ReporterOptions): Reporter {
  return {
    report(event) {
      stdout.write(`${JSON.stringify(event)}\n`);
    },
    close() {},
  };
}
