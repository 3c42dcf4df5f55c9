import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { renderDiagnostic, renderDiagnostics } from '../diagnostics/render-diagnostics.js';
import type { RunEvent } from '../ir/run-event.js';
import type { NodeResult, RunResult, TestResult } from '../ir/run-result.js';
import { displayWidth } from '../util/display-width.js';
import { countOf } from '../util/format-units.js';
import { own } from '../util/own.js';
import { paint } from '../util/text-style.js';
import { isInterrupted, listOf, nodeLine, testLine } from './node-line.js';
import { pinText } from './pin-text.js';
import type { ReporterOptions } from './reporter-options.js';
import { suggestedCommand } from './suggested-command.js';
import { headline, summary } from './summary.js';
import { renderTable } from './table.js';

/** Text for the two outputs; empty where there is nothing to say. Whole lines. */
export interface RunText {
  readonly stdout: string;
  readonly stderr: string;
}

const silence: RunText = { stdout: '', stderr: '' };
const narrowestName = 24;
const widestName = 48;

/** Turns the events of runs, one after the other, into lines: what the terminal and plain logs have in common. */
export class RunTexts {
  #nameWidth = narrowestName;
  #lake: string | undefined;
  #committed: readonly string[] = [];
  #reused: string[] = [];
  #passedCount = 0;
  #shown = new Set<string>();

  constructor(private readonly options: ReporterOptions) {}

  text(event: RunEvent): RunText {
    switch (event.kind) {
      case 'run-started':
        return this.#start(event);
      case 'diagnostics':
        return { stdout: '', stderr: this.#diagnostics(event.diagnostics, true) };
      case 'node-finished':
        return this.#node(event.result);
      case 'test-finished':
        return this.#test(event.result);
      case 'run-finished':
        return this.#finish(event.result);
      case 'node-started':
      case 'node-progress':
        return silence;
      case 'pins-changed':
        if (this.options.detail === 'quiet') return silence;
        return { stdout: `${pinText(event.pins, this.options.style('stdout'))}\n`, stderr: '' };
      case 'committed':
        this.#committed = event.tables;
        return this.#dropped(event.dropped ?? [], event.commit);
    }
  }

  #start(event: RunEvent & { kind: 'run-started' }): RunText {
    this.#lake = event.lake;
    this.#committed = [];
    this.#reused = [];
    this.#passedCount = 0;
    if (this.options.detail === 'quiet' || this.options.brief) return silence;
    const style = this.options.style('stderr');
    const parts = [
      event.nodeCount > 0 && countOf(event.nodeCount, 'node'),
      event.testCount > 0 && countOf(event.testCount, 'test'),
    ].filter(Boolean);
    const head = `Target ${event.target}: ${parts.join(', ') || 'nothing selected'}`;
    return { stdout: '', stderr: `${paint(style, 'dim', head)}\n` };
  }

  #node(result: NodeResult): RunText {
    const { detail } = this.options;
    const stderr = isInterrupted(result) ? '' : this.#diagnostics(result.diagnostics, false);
    if (result.status === 'reused' && detail !== 'verbose') {
      this.#reused.push(result.name);
      return { stdout: '', stderr };
    }
    const good = result.status === 'success';
    if (detail === 'quiet' && good && !result.rejectedCount) return { stdout: '', stderr };
    if (good && result.action === 'inline' && detail !== 'verbose') return { stdout: '', stderr };
    // Who stops a run knows why nothing more begins.
    const isNotBegun = result.status === 'skipped' && result.skippedBecause === undefined;
    if (isNotBegun && detail !== 'verbose') return { stdout: '', stderr };
    const style = this.options.style('stdout');
    return { stdout: `${nodeLine(result, this.#widthFor(result.name), style)}\n`, stderr };
  }

  #test(result: TestResult): RunText {
    const { detail } = this.options;
    const stderr = this.#diagnostics(result.diagnostics, false);
    const passed = result.status === 'pass' || result.status === 'reused';
    if (passed && detail !== 'verbose') this.#passedCount++;
    // A test that is skipped without a reason of its own follows from what is shown already.
    const isShown = result.skippedBecause !== undefined && detail === 'normal';
    if ((passed || (result.status === 'skipped' && !isShown)) && detail !== 'verbose')
      return { stdout: '', stderr };
    const style = this.options.style('stdout');
    const line = `${testLine(result, this.#widthFor(result.name), style)}\n`;
    return { stdout: line + (result.sample.length > 0 ? this.#sample(result) : ''), stderr };
  }

  #sample({ name, sample, failureCount, sql, isUnit }: TestResult): string {
    const style = this.options.style('stdout');
    const names = Object.keys(sample[0]!);
    const head = sample.map((row) => names.map((name) => own(row, name)));
    const table = renderTable(
      names.map((name) => ({ name })),
      { head, rowCount: failureCount },
      { ...style, width: style.width - 2 },
      false,
    );
    if (isUnit) return indented(`${table}\n`);
    const lines = sql.trim().split('\n');
    const query =
      lines.length === 1 ? `query: ${lines[0]}` : ['query:', ...lines.map((line) => `  ${line}`)].join('\n');
    const command = suggestedCommand(['show', name, '-n', String(failureCount)], this.options.projectFlags);
    const all = `${query}\nall ${countOf(failureCount, 'row')}: ${command}`;
    return indented(`${table}\n${paint(style, 'dim', all)}\n`);
  }

  #dropped(tables: readonly string[], commit: number): RunText {
    if (tables.length === 0 || this.options.detail === 'quiet') return silence;
    const style = this.options.style('stdout');
    const what = `${countOf(tables.length, 'table')} no longer made by the project: ${listOf(tables, 5)}`;
    const command = suggestedCommand(['rollback', String(commit - 1), ...tables], this.options.projectFlags);
    const back = paint(style, 'dim', `${command} brings ${tables.length > 1 ? 'them' : 'it'} back`);
    return { stdout: `${paint(style, 'yellow', 'DROP')}   ${what}  ${back}\n`, stderr: '' };
  }

  #finish(result: RunResult): RunText {
    const { detail } = this.options;
    const stderr = this.#diagnostics(result.diagnostics, true);
    this.#shown = new Set();
    if (detail === 'quiet' && result.status === 'success') return { stdout: '', stderr };
    const style = this.options.style('stdout');
    const lines: string[] = [];
    const didSomething = [...result.nodes, ...result.tests].some(({ status }) => status !== 'reused');
    if (this.#reused.length > 0 && didSomething && detail === 'normal') {
      const unchanged = `${countOf(this.#reused.length, 'node')} unchanged: ${listOf(this.#reused, 5)}`;
      lines.push(paint(style, 'dim', `REUSE  ${unchanged}`));
    }
    if (this.#passedCount > 0 && didSomething && detail === 'normal') {
      lines.push(`${paint(style, 'green', 'PASS')}   ${countOf(this.#passedCount, 'test')}`);
    }
    const { projectFlags } = this.options;
    const place = { lake: this.#lake, tables: this.#committed, projectFlags };
    const end = this.options.brief ? headline(result, style) : summary(result, place, style);
    if (end === '') return { stdout: '', stderr };
    lines.push(...(didSomething && !this.options.brief ? [''] : []), end);
    return { stdout: `${lines.join('\n')}\n`, stderr };
  }

  /** Those not shown before: a result repeats what its events said. */
  #diagnostics(diagnostics: readonly Diagnostic[], counted: boolean): string {
    const fresh = diagnostics.filter((diagnostic) => !this.#shown.has(JSON.stringify(diagnostic)));
    for (const diagnostic of fresh) this.#shown.add(JSON.stringify(diagnostic));
    const { readSource } = this.options;
    const style = this.options.style('stderr');
    if (counted) return renderDiagnostics(fresh, style, readSource);
    return fresh.map((diagnostic) => `${renderDiagnostic(diagnostic, style, readSource)}\n`).join('\n');
  }

  #widthFor(name: string): number {
    this.#nameWidth = Math.max(this.#nameWidth, Math.min(widestName, displayWidth(name)));
    return this.#nameWidth;
  }
}

function indented(lines: string): string {
  return lines.replace(/^(?=.)/gm, '  ');
}
