import type { Reporter } from '../ports/reporter.js';
import { LiveRegion } from './live-region.js';
import { Progress } from './progress-lines.js';
import type { ReporterOptions } from './reporter-options.js';
import { RunTexts } from './run-text.js';

const redrawMs = 100;

/** For a terminal: finished lines scroll by, and below them stands what runs now. */
export function ttyReporter(options: ReporterOptions): Reporter {
  const region = new LiveRegion(options.stderr);
  const progress = new Progress();
  const texts = new RunTexts(options);
  const draw = () => {
    const maxLines = Math.max(2, Math.min(12, (options.stderr.rows ?? 24) - 2));
    const lines = progress.lines(options.style('stderr'), options.now(), maxLines);
    if (lines.length > 0) region.draw(lines);
    else region.clear();
  };
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    region.clear();
  };
  return {
    report(event) {
      progress.report(event, options.now());
      const { stdout, stderr } = texts.text(event);
      if (stdout || stderr) region.clear();
      if (stdout) options.stdout.write(stdout);
      if (stderr) options.stderr.write(stderr);
      if (event.kind === 'run-finished') return stop();
      if (event.kind === 'run-started') {
        timer ??= setInterval(draw, redrawMs);
        timer.unref();
      }
      if (timer && (stdout || stderr)) draw();
    },
    close: stop,
  };
}
