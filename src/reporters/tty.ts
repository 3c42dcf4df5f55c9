import type { Reporter } from '../ports/reporter.js';
import { formatDuration } from '../util/format-units.js';
import { paint } from '../util/text-style.js';
import { LiveRegion } from './live-region.js';
import { Progress } from './progress-lines.js';
import type { ReporterOptions } from './reporter-options.js';
import { RunTexts } from './run-text.js';

const redrawMs = 100;

/** What takes shorter than this is done before anybody has read that it is being done. */
const patienceMs = 400;

/** For a terminal: finished lines scroll by, and below them stands what runs now. */
export function ttyReporter(options: ReporterOptions): Reporter {
  const region = new LiveRegion(options.stderr);
  const progress = new Progress();
  const texts = new RunTexts(options);
  const openedMs = options.now();
  let isBegun = false;
  const draw = () => {
    const maxLines = Math.max(2, Math.min(12, (options.stderr.rows ?? 24) - 2));
    const lines = isBegun
      ? progress.lines(options.style('stderr'), options.now(), maxLines)
      : beginning(options, openedMs);
    if (lines.length > 0) region.draw(lines);
    else region.clear();
  };
  const start = () => setInterval(draw, redrawMs).unref();
  let timer: NodeJS.Timeout | undefined = start();
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    region.clear();
  };
  return {
    report(event) {
      isBegun = true;
      progress.report(event, options.now());
      const { stdout, stderr } = texts.text(event);
      if (stdout || stderr) region.clear();
      if (stdout) options.stdout.write(stdout);
      if (stderr) options.stderr.write(stderr);
      if (event.kind === 'run-finished') return stop();
      if (event.kind === 'run-started') timer ??= start();
      if (timer && (stdout || stderr)) draw();
    },
    close: stop,
  };
}

/** Before a run begins, its project is read and compiled, and its sources are looked at. */
function beginning({ style, now }: ReporterOptions, openedMs: number): readonly string[] {
  const ms = now() - openedMs;
  return ms < patienceMs
    ? []
    : [paint(style('stderr'), 'dim', `Compiling the project  ${formatDuration(ms)}`)];
}
