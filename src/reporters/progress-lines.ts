import type { RunEvent } from '../ir/run-event.js';
import { displayWidth, padToWidth, truncateToWidth } from '../util/display-width.js';
import { countOf, formatDuration } from '../util/format-units.js';
import { paint, type TextStyle } from '../util/text-style.js';

interface RunningNode {
  readonly action: string;
  readonly startedMs: number;
  readonly fraction?: number | undefined;
  readonly rowCount?: number | undefined;
}

const spinner = { true: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'], false: ['-', '\\', '|', '/'] };
const frameMs = 100;
const barWidth = 20;

/** What is under way in a run: fed with events, asked for lines. */
export class Progress {
  #running = new Map<string, RunningNode>();
  #startedMs: number | undefined;
  // By name: a backfill finishes the same ones part by part.
  #nodes = { done: new Set<string>(), all: 0 };
  #tests = { done: new Set<string>(), all: 0 };

  report(event: RunEvent, nowMs: number): void {
    switch (event.kind) {
      case 'run-started':
        this.#running = new Map();
        this.#startedMs = nowMs;
        this.#nodes = { done: new Set(), all: event.nodeCount };
        this.#tests = { done: new Set(), all: event.testCount };
        break;
      case 'node-started':
        this.#running.set(event.name, { action: event.action, startedMs: nowMs });
        break;
      case 'node-progress': {
        const node = this.#running.get(event.name);
        const { fraction = node?.fraction, rowCount = node?.rowCount } = event;
        if (node) this.#running.set(event.name, { ...node, fraction, rowCount });
        break;
      }
      case 'node-finished':
        this.#running.delete(event.result.name);
        this.#nodes.done.add(event.result.name);
        break;
      case 'test-finished':
        this.#tests.done.add(event.result.name);
        break;
      case 'run-finished':
        this.#startedMs = undefined;
        this.#running = new Map();
        break;
      case 'diagnostics':
      case 'pins-changed':
      case 'committed':
        break;
    }
  }

  /** The lines of the live region, none when nothing runs; at most `maxLines`, each within the width. */
  lines(style: TextStyle, nowMs: number, maxLines: number): readonly string[] {
    if (this.#startedMs === undefined) return [];
    const running = [...this.#running];
    const shown = running.slice(0, Math.max(1, running.length > maxLines - 1 ? maxLines - 2 : maxLines - 1));
    const nameWidth = Math.min(40, Math.max(24, ...shown.map(([name]) => displayWidth(name))));
    const lines = shown.map(([name, node]) => runningLine(name, node, nameWidth, style, nowMs));
    if (shown.length < running.length) {
      lines.push(paint(style, 'dim', `  and ${running.length - shown.length} more`));
    }
    const counts = [
      this.#nodes.all > 0 && `${this.#nodes.done.size}/${this.#nodes.all} nodes`,
      this.#tests.all > 0 && `${this.#tests.done.size}/${this.#tests.all} tests`,
      formatDuration(nowMs - this.#startedMs),
    ].filter(Boolean);
    const footer = `${counts.join(style.unicode ? ' · ' : ', ')}`;
    return [...lines, paint(style, 'dim', truncateToWidth(footer, style.width - 1))];
  }
}

function runningLine(
  name: string,
  { action, startedMs, fraction, rowCount }: RunningNode,
  nameWidth: number,
  style: TextStyle,
  nowMs: number,
): string {
  const frames = spinner[`${style.unicode}`];
  const frame = frames[Math.floor(nowMs / frameMs) % frames.length]!;
  const columns = [
    frame,
    padToWidth(action, 6),
    padToWidth(truncateToWidth(name, nameWidth), nameWidth),
    padToWidth(formatDuration(nowMs - startedMs), 8, 'right'),
    ...(fraction === undefined ? [] : [bar(fraction, style)]),
    ...(rowCount === undefined ? [] : [countOf(rowCount, 'row')]),
  ];
  const line = truncateToWidth(columns.join('  '), style.width - 1, style.unicode ? '…' : '...');
  return paint(style, 'cyan', line.slice(0, 1)) + line.slice(1);
}

function bar(fraction: number, style: TextStyle): string {
  const full = Math.round(Math.max(0, Math.min(1, fraction)) * barWidth);
  const [on, off] = style.unicode ? ['━', '┄'] : ['#', '-'];
  return `${on.repeat(full)}${off.repeat(barWidth - full)} ${padToWidth(String(Math.floor(fraction * 100)), 3, 'right')} %`;
}
