import type { BuildMode, PlannedNode, RunPlan } from '../ir/run-plan.js';
import { displayWidth, padToWidth } from '../util/display-width.js';
import { countOf, formatCount } from '../util/format-units.js';
import { paint, type TextStyle } from '../util/text-style.js';
import { intervalsText, listOf, reasonText } from './node-line.js';

/**
 * A plan for people: a line for each node that will change and why, one for all that are reused (or one
 * each), the tests, what is dropped, and counts. Ends without a line break.
 */
export function planText(plan: RunPlan, verbose: boolean, style: TextStyle): string {
  const concerned = plan.nodes.filter((node) => node.reason.kind !== 'not-selected');
  const acting = concerned.filter((node) => node.action !== 'reuse' && !isIdle(node));
  const reused = concerned.filter((node) => node.action === 'reuse');
  const shown = verbose ? concerned : acting;
  const width = Math.max(0, ...[...shown.map(({ name }) => name), ...plan.drops].map(displayWidth));
  const line = (verb: string, name: string, why: string) =>
    `${padToWidth(verb, 6)}  ${padToWidth(name, width)}  ${paint(style, 'dim', why)}`.trimEnd();
  const lines = shown.map((node) => line(node.action, node.name, whyOf(node)));
  lines.push(...plan.drops.map((table) => line('drop', table, 'no longer made by the project')));
  if (reused.length > 0 && !verbose) {
    const names = listOf(
      reused.map(({ name }) => name),
      5,
    );
    lines.push(paint(style, 'dim', `reuse   ${countOf(reused.length, 'unchanged node')}: ${names}`));
  }
  if (plan.pins && plan.pins.length > 0) {
    const width = Math.max(...plan.pins.map(({ table }) => displayWidth(table)));
    for (const { table, kind, summary } of plan.pins) {
      const what = kind === 'create' ? `new pin: ${summary.join(' ')}` : summary.join(' ');
      lines.push(`pin     ${padToWidth(table, width)}  ${paint(style, 'dim', what)}`);
    }
  }
  const testing = plan.tests.filter((test) => !test.passedBefore).length;
  if (testing > 0) lines.push(`test    ${countOf(testing, 'test')}`);
  return [...lines, ...(lines.length > 0 ? [''] : []), conclusion(plan, acting, testing, style)].join('\n');
}

/** An ephemeral model is never reused, having no rows, and an unchanged one makes no difference. */
function isIdle({ action, reason }: PlannedNode): boolean {
  return action === 'inline' && reason.kind === 'unchanged';
}

function whyOf({ reason, mode }: PlannedNode): string {
  const why = reason.kind === 'new' ? 'new' : reasonText(reason);
  return mode ? `${why}; ${modeText(mode, reason.kind === 'missing-intervals')}` : why;
}

/** What becomes of the rows that an incremental table has. How far changed inputs reach, only their rows tell. */
function modeText(mode: BuildMode, isAll: boolean): string {
  const rest = `and what is new behind that${mode.followsInputs ? ' or changed before it' : ''}`;
  const intervals = mode.missing && `${intervalsText(mode.missing)}${isAll ? '' : ` ${rest}`}`;
  if (mode.kind === 'full') return intervals ? `full build of ${intervals}` : 'full build';
  const others = mode.columns && `go on in the new columns (${mode.columns.join(', ')})`;
  if (mode.carriesOnly) return `its rows ${others ?? 'go on in the new columns'}`;
  const what = mode.forwardOnly
    ? `forward only: rows that are there ${others ?? 'stay as the old query made them'}`
    : `adds to the table${others ? `, whose rows ${others}` : ''}`;
  return intervals && !mode.requested ? `${what}, fills ${intervals}` : what;
}

function conclusion(
  { target, baseCommit, drops }: RunPlan,
  acting: readonly PlannedNode[],
  testing: number,
  style: TextStyle,
): string {
  const place = `target ${target}, on top of commit ${baseCommit}`;
  if (acting.length + drops.length + testing === 0) return `Nothing to do for ${place}.`;
  const count = (actions: readonly string[]) =>
    acting.filter(({ action }) => actions.includes(action)).length;
  const counts = (
    [
      [count(['land']), 'to land'],
      [count(['seed']), 'to seed'],
      [count(['build', 'view']), 'to build'],
      [count(['inline']), 'inline'],
      [testing, 'to test'],
      [drops.length, 'to drop'],
    ] as const
  )
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${formatCount(n)} ${what}`);
  return `${paint(style, 'bold', 'Plan')} for ${place}: ${counts.join(', ')}.`;
}
