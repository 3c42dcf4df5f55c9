import type { NodeResult, RunResult, TestResult } from '../ir/run-result.js';
import { countOf, formatCount, formatDuration } from '../util/format-units.js';
import { type Paint, paint, type TextStyle } from '../util/text-style.js';
import { listOf } from './node-line.js';
import { suggestedCommand } from './suggested-command.js';

type Count = readonly [count: number, text: string, color?: Paint];

export interface CommitPlace {
  readonly lake: string | undefined;
  readonly tables: readonly string[];
  readonly projectFlags?: string | undefined;
}

/** What a run came to: counts, what failed, the commit, where it lies and what to try next; empty when it never began. */
export function summary(
  result: RunResult,
  { lake, tables, projectFlags }: CommitPlace,
  style: TextStyle,
): string {
  const { nodes, tests } = result;
  const head = headline(result, style);
  if (head === '' || result.status === 'interrupted' || isIdle(result)) return head;
  const lines = [head];
  const failed = [
    ...nodes.filter((node) => node.status === 'failed'),
    ...tests.filter((test) => test.status === 'fail' || test.status === 'error'),
  ].map(({ name }) => name);
  if (failed.length > 0) lines.push(`Failed: ${listOf(failed, 10)}`);
  if (result.commit !== undefined) {
    const place = lake === undefined ? '' : ` in ${lake}`;
    const changed = tables.length > 0 ? `: ${listOf(tables, 5)}` : '';
    lines.push(`Commit ${result.commit}${place}${changed}`);
  }
  const next = nextCommand(result, projectFlags);
  if (next) lines.push(paint(style, 'dim', `Next: ${next}`));
  return lines.join('\n');
}

/** The first line of it. */
export function headline(result: RunResult, style: TextStyle): string {
  const { nodes, tests, status, durationMs } = result;
  const time = formatDuration(durationMs);
  if (status === 'interrupted') {
    const kept =
      result.commit === undefined ? 'nothing was committed' : `commit ${result.commit} holds what was done`;
    return paint(style, 'yellow', `Interrupted after ${time}: ${kept}.`);
  }
  if (isIdle(result)) return `Nothing to do: ${unchanged(nodes, tests)} (${time}).`;
  // It never began, and its errors say why.
  if (status === 'failed' && nodes.length + tests.length === 0) return '';
  const head = status === 'success' ? paint(style, 'green', 'Done') : paint(style, 'red', 'Failed');
  const counts = [
    countText(nodeCounts(nodes), style),
    countText(testCounts(tests), style),
    isLost(result) && 'nothing was committed',
  ].filter(Boolean);
  return `${head} in ${time}: ${counts.join('; ')}.`;
}

/** Whether what it built is in no commit, as after a conflict. Where it cannot be known, its error says that. */
function isLost({ nodes, commit, status, diagnostics }: RunResult): boolean {
  return (
    status === 'failed' &&
    commit === undefined &&
    nodes.some((node) => node.status === 'success' && node.action !== 'inline') &&
    diagnostics.every(({ code }) => code !== 'lake/uncertain')
  );
}

function isIdle({ nodes, tests, commit, status }: RunResult): boolean {
  const idle =
    nodes.every(isReused) && tests.every((test) => isReused(test) || test.skippedBecause !== undefined);
  return idle && commit === undefined && status === 'success';
}

function isReused({ status }: NodeResult | TestResult): boolean {
  return status === 'reused';
}

function unchanged(nodes: readonly NodeResult[], tests: readonly TestResult[]): string {
  const passed = tests.filter(isReused);
  const parts = [
    nodes.length > 0 && `${countOf(nodes.length, 'node')} unchanged`,
    passed.length > 0 && `${countOf(passed.length, 'test')} passed before`,
  ].filter(Boolean);
  return parts.join(', ') || 'nothing is selected';
}

function nodeCounts(nodes: readonly NodeResult[]): readonly Count[] {
  const done = (actions: readonly string[]) =>
    nodes.filter((node) => node.status === 'success' && actions.includes(node.action)).length;
  const having = (status: string) => nodes.filter((node) => node.status === status).length;
  return [
    [done(['land']), 'landed'],
    [done(['seed']), 'seeded'],
    [done(['build', 'view']), 'built'],
    [having('reused'), 'reused'],
    [having('failed'), 'failed', 'red'],
    [having('skipped'), 'skipped', 'yellow'],
  ];
}

function testCounts(tests: readonly TestResult[]): readonly Count[] {
  const having = (...statuses: readonly string[]) =>
    tests.filter((test) => statuses.includes(test.status)).length;
  const passed = having('pass', 'reused');
  const count = (status: string, what: string, color: Paint): Count => {
    const number = having(status);
    return [number, passed > 0 ? what : `${number === 1 ? 'test' : 'tests'} ${what}`, color];
  };
  return [
    [passed, passed === 1 ? 'test passed' : 'tests passed'],
    [having('warn'), 'warned', 'yellow'],
    count('fail', 'failed', 'red'),
    count('error', 'could not run', 'red'),
    count('skipped', 'skipped', 'yellow'),
  ];
}

function countText(counts: readonly Count[], style: TextStyle): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, text, color]) => {
      const full = `${formatCount(count)} ${text}`;
      return color ? paint(style, color, full) : full;
    })
    .join(', ');
}

function nextCommand({ nodes, status }: RunResult, projectFlags: string | undefined): string | undefined {
  if (status !== 'success') return undefined;
  const made = nodes.filter((node) => node.status === 'success' && (node.rowCount ?? 1) > 0);
  // Nodes stand behind their inputs: the last one is what the run was for.
  const last =
    made.findLast((node) => node.action === 'build') ?? made.findLast((node) => node.action !== 'inline');
  if (!last) return undefined;
  const plain = /^[a-z_]\w*(\.[a-z_]\w*)?$/i.test(last.name);
  const name = plain
    ? last.name
    : last.name
        .split('.')
        .map((part) => `"${part.replaceAll('"', '""')}"`)
        .join('.');
  return suggestedCommand(['query', `from ${name} limit 5`], projectFlags);
}
