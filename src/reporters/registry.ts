import type { Reporter } from '../ports/reporter.js';
import { githubReporter } from './github.js';
import { jsonReporter } from './json.js';
import { plainReporter } from './plain.js';
import type { ReporterOptions } from './reporter-options.js';
import { ttyReporter } from './tty.js';
import { typeableHints } from './typeable-hints.js';

/** All reporters, by name. */
export const reporters = {
  tty: ttyReporter,
  plain: plainReporter,
  json: jsonReporter,
  github: githubReporter,
} as const satisfies Readonly<Record<string, (options: ReporterOptions) => Reporter>>;

export type ReporterName = keyof typeof reporters;

/** Makes one reporter out of several. */
export function openReporters(names: readonly ReporterName[], options: ReporterOptions): Reporter {
  const all = names.map((name) => reporters[name](options));
  const typeable = typeableHints(options.projectFlags);
  return {
    report(event) {
      const shown = typeable(event);
      for (const reporter of all) reporter.report(shown);
    },
    close() {
      for (const reporter of all) reporter.close();
    },
  };
}
