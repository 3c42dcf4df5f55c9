import type { Reporter } from '../ports/reporter.js';
import { formatDuration } from '../util/format-units.js';
import type { ReporterOptions } from './reporter-options.js';
import { RunTexts } from './run-text.js';

/** A log is never silent for much longer than this. */
const heartbeatMs = 30_000;

/** For logs: one line for what happened, and now and then one for what takes long. */
export function plainReporter(options: ReporterOptions): Reporter {
  const texts = new RunTexts(options);
  const running = new Map<string, { startedMs: number; saidMs: number }>();
  return {
    report(event) {
      const nowMs = options.now();
      if (event.kind === 'node-started') {
        running.set(event.name, { startedMs: nowMs, saidMs: nowMs });
        if (options.detail === 'verbose')
          options.stderr.write(`START  ${event.action.padEnd(6)}  ${event.name}\n`);
      }
      if (event.kind === 'node-finished') running.delete(event.result.name);
      if (event.kind === 'node-progress' && options.detail !== 'quiet') {
        const node = running.get(event.name);
        if (node && nowMs - node.saidMs >= heartbeatMs) {
          node.saidMs = nowMs;
          const percent = event.fraction === undefined ? '' : `, ${Math.floor(event.fraction * 100)} %`;
          options.stderr.write(`...    ${event.name}: ${formatDuration(nowMs - node.startedMs)}${percent}\n`);
        }
      }
      const { stdout, stderr } = texts.text(event);
      if (stdout) options.stdout.write(stdout);
      if (stderr) options.stderr.write(stderr);
    },
    close() {},
  };
}
