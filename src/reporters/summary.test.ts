import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collectText, sampleRun } from '../../test/support/sample-run.js';
import type { DiagnosticCode } from '../diagnostics/codes.js';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { RunEvent } from '../ir/run-event.js';
import type { RunResult } from '../ir/run-result.js';
import { openReporters } from './registry.js';
import { finish, finished, run } from './reporters-fixture.js';

// These tests may be run through npx themselves.
beforeEach(() => void vi.stubEnv('npm_command', undefined));
afterEach(() => void vi.unstubAllEnvs());

describe('the end of a run', () => {
  const good = finished.result.nodes.filter((node) => node.status === 'success');
  const passed = finished.result.tests.filter((test) => test.status === 'pass');

  it('of success names the commit and the next command', () => {
    const events = finish({ status: 'success', nodes: good, tests: passed });
    expect(run('plain', events).text('stdout')).toMatchInlineSnapshot(`
      "
      Done in 13.1 s: 1 landed, 2 built; 1 test passed.
      Commit 42 in .etl/lake: shop.orders, stg_orders, orders, a, b and 2 more
      Next: etl query "from orders limit 5"
      "
    `);
  });

  it('names a command that works where this one was run through npx', () => {
    vi.stubEnv('npm_command', 'exec');
    const events = finish({ status: 'success', nodes: good, tests: passed });
    expect(run('plain', events).text('stdout')).toContain('Next: npx etl query "from orders limit 5"\n');
  });

  it('suggests commands that mean the same target and variables', () => {
    const collected = collectText();
    const projectFlags = "-t prod --vars 'a=1 2'";
    const reporter = openReporters(['plain'], { ...collected.options, projectFlags });
    for (const event of finish({ status: 'success', nodes: good, tests: passed })) reporter.report(event);
    for (const event of sampleRun) reporter.report(event);
    expect(collected.text('stdout')).toContain(
      `Next: etl query "from orders limit 5" -t prod --vars 'a=1 2'\n`,
    );
    expect(collected.text('stdout')).toContain(
      `all 7 rows: etl show unique_orders_order_id -n 7 -t prod --vars 'a=1 2'\n`,
    );
  });

  it('of a conflict says that nothing was committed', () => {
    const { commit: _, ...rest } = finished.result;
    const text = (result: RunResult) =>
      run('plain', [sampleRun[0]!, { kind: 'run-finished', result }]).text('stdout');
    const failed = (code: DiagnosticCode, nodes = good) =>
      text({ ...rest, nodes, tests: passed, diagnostics: [errorDiagnostic(code, 'It failed.')] });
    expect(failed('lake/conflict')).toContain(
      'Failed in 13.1 s: 1 landed, 2 built; 1 test passed; nothing was committed.\n',
    );
    expect(failed('lake/uncertain')).toContain('Failed in 13.1 s: 1 landed, 2 built; 1 test passed.\n');
    expect(failed('lake/conflict', [])).toContain('Failed in 13.1 s: 1 test passed.\n');
  });

  it('without anything to do is one line', () => {
    const { commit: _, ...rest } = finished.result;
    const idle: RunResult = {
      ...rest,
      status: 'success',
      nodes: finished.result.nodes.filter((node) => node.status === 'reused'),
      tests: passed.map((test) => ({ ...test, status: 'reused' as const })),
      durationMs: 43,
      diagnostics: [],
    };
    const events: RunEvent[] = [sampleRun[0]!, { kind: 'run-finished', result: idle }];
    expect(run('plain', events).text('stdout')).toBe(
      'Nothing to do: 1 node unchanged, 1 test passed before (43 ms).\n',
    );
    const nothing: RunEvent = { kind: 'run-finished', result: { ...idle, nodes: [], tests: [] } };
    expect(run('plain', [nothing]).text('stdout')).toBe('Nothing to do: nothing is selected (43 ms).\n');
  });

  it('after Ctrl-C says what was kept', () => {
    const events = finish({ status: 'interrupted', diagnostics: [] });
    expect(run('plain', events).text('stdout')).toContain(
      'Interrupted after 13.1 s: commit 42 holds what was done.\n',
    );
  });
});
