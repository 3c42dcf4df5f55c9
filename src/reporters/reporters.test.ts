import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collectText, sampleRun } from '../../test/support/sample-run.js';
import { Progress } from './progress-lines.js';
import { openReporters } from './registry.js';
import { finish, finished, run } from './reporters-fixture.js';

// These tests may be run through npx themselves.
beforeEach(() => void vi.stubEnv('npm_command', undefined));
afterEach(() => void vi.unstubAllEnvs());

describe('plain', () => {
  it('counts one test as one', () => {
    const [test] = finished.result.tests;
    const failed = { status: 'failed', nodes: [], tests: [{ ...test!, status: 'fail' }] } as const;
    expect(run('plain', finish(failed)).text()).toContain(': 1 test failed.');
  });

  it('says which tables went', () => {
    const went = (...dropped: string[]) =>
      run('plain', [{ kind: 'committed', commit: 8, tables: ['a'], dropped }]).text();
    expect(went('old')).toBe(
      'DROP   1 table no longer made by the project: old  etl rollback 7 old brings it back\n',
    );
    expect(went('old', 'shop.x')).toBe(
      'DROP   2 tables no longer made by the project: old, shop.x  etl rollback 7 old shop.x brings them back\n',
    );
    expect(went()).toBe('');
  });

  it('writes a line for what happened', () => {
    expect(run('plain', sampleRun).text()).toMatchInlineSnapshot(`
      "Target dev: 6 nodes, 2 tests
      OK     land    shop.orders                  120,000 rows   2.1 MB     1 file   0.31 s  3 rejected
      OK     view    stg_orders                                                        4 ms  changed
      OK     build   orders                              1 row   940 kB   12 files   12.3 s  input changed: stg_orders, rates
      ERROR  build   sessions                                                         51 ms
      models/marts/sessions.sql:2:3  run/query-failed
        Division by zero.
          2 │   10 / zero as rate
            │   ~~~~~~~~~
        hint: guard it with nullif(zero, 0).
      SKIP   build   sessions_by_day_and_country_and_device  because of sessions
      FAIL   test    unique_orders_order_id                  7 failing rows  8 ms  models/marts/orders.sql:2:1
        ┌──────────┬───┬────────┐
        │ order_id │ n │ status │
        ├──────────┼───┼────────┤
        │       17 │ 2 │ NULL   │
        │        9 │ 3 │ placed │
        └──────────┴───┴────────┘
        query: select order_id, count(*) as n from orders where status <> '' group by all having n > 1
        all 7 rows: etl show unique_orders_order_id -n 7
      REUSE  1 node unchanged: rates
      PASS   1 test

      Failed in 13.1 s: 1 landed, 2 built, 1 reused, 1 failed, 1 skipped; 1 test passed, 1 failed.
      Failed: sessions, unique_orders_order_id
      Commit 42 in .etl/lake: shop.orders, stg_orders
      "
    `);
  });

  it('keeps results and the rest apart', () => {
    expect(run('plain', sampleRun).text('stderr')).toMatchInlineSnapshot(`
      "Target dev: 6 nodes, 2 tests
      models/marts/sessions.sql:2:3  run/query-failed
        Division by zero.
          2 │   10 / zero as rate
            │   ~~~~~~~~~
        hint: guard it with nullif(zero, 0).
      "
    `);
  });

  it('shows failures only when quiet, and everything when verbose', () => {
    expect(run('plain', sampleRun, {}, 'quiet').text('stdout')).toMatchInlineSnapshot(`
      "OK     land    shop.orders                  120,000 rows   2.1 MB     1 file   0.31 s  3 rejected
      ERROR  build   sessions                                                         51 ms
      SKIP   build   sessions_by_day_and_country_and_device  because of sessions
      FAIL   test    unique_orders_order_id                  7 failing rows  8 ms  models/marts/orders.sql:2:1
        ┌──────────┬───┬────────┐
        │ order_id │ n │ status │
        ├──────────┼───┼────────┤
        │       17 │ 2 │ NULL   │
        │        9 │ 3 │ placed │
        └──────────┴───┴────────┘
        query: select order_id, count(*) as n from orders where status <> '' group by all having n > 1
        all 7 rows: etl show unique_orders_order_id -n 7

      Failed in 13.1 s: 1 landed, 2 built, 1 reused, 1 failed, 1 skipped; 1 test passed, 1 failed.
      Failed: sessions, unique_orders_order_id
      Commit 42 in .etl/lake: shop.orders, stg_orders
      "
    `);
    expect(run('plain', sampleRun, {}, 'verbose').text('stdout')).toMatchInlineSnapshot(`
      "OK     land    shop.orders                  120,000 rows   2.1 MB     1 file   0.31 s  3 rejected
      REUSE          rates                             30 rows                               unchanged
      OK     view    stg_orders                                                        4 ms  changed
      OK     build   orders                              1 row   940 kB   12 files   12.3 s  input changed: stg_orders, rates
      ERROR  build   sessions                                                         51 ms
      SKIP   build   sessions_by_day_and_country_and_device  because of sessions
      PASS   test    not_null_orders_order_id                8 ms
      FAIL   test    unique_orders_order_id                  7 failing rows  8 ms  models/marts/orders.sql:2:1
        ┌──────────┬───┬────────┐
        │ order_id │ n │ status │
        ├──────────┼───┼────────┤
        │       17 │ 2 │ NULL   │
        │        9 │ 3 │ placed │
        └──────────┴───┴────────┘
        query: select order_id, count(*) as n from orders where status <> '' group by all having n > 1
        all 7 rows: etl show unique_orders_order_id -n 7

      Failed in 13.1 s: 1 landed, 2 built, 1 reused, 1 failed, 1 skipped; 1 test passed, 1 failed.
      Failed: sessions, unique_orders_order_id
      Commit 42 in .etl/lake: shop.orders, stg_orders
      "
    `);
  });

  it('names what a stopped run never began only when asked', () => {
    const result = { name: 'late', action: 'build', reason: { kind: 'new' }, status: 'skipped' } as const;
    const event = { kind: 'node-finished', result: { ...result, durationMs: 0, diagnostics: [] } } as const;
    expect(run('plain', [event]).text()).toBe('');
    expect(run('plain', [event], {}, 'verbose').text()).toContain('late');
  });

  it('says now and then that something takes long', () => {
    const collected = collectText();
    const reporter = openReporters(['plain'], collected.options);
    reporter.report({ kind: 'node-started', name: 'big', action: 'build', reason: { kind: 'new' } });
    for (let second = 0; second < 65; second++) {
      reporter.report({ kind: 'node-progress', name: 'big', fraction: second / 100 });
      collected.advance(1000);
    }
    expect(collected.text()).toBe('...    big: 30.0 s, 30 %\n...    big: 1 min 00 s, 60 %\n');
  });
});

describe('tty', () => {
  it('shows what runs below what is done, and leaves the cursor visible', () => {
    const collected = run('tty', sampleRun.slice(0, 11));
    expect(collected.text().replaceAll('\x1b', '␛')).toMatchInlineSnapshot(`
      "Target dev: 6 nodes, 2 tests
      ␛[?25l0/6 nodes · 0/2 tests · 0 ms
      ␛[J␛[?25hOK     land    shop.orders                  120,000 rows   2.1 MB     1 file   0.31 s  3 rejected
      ␛[?25l1/6 nodes · 0/2 tests · 3.00 s
      ␛[J␛[?25hOK     view    stg_orders                                                        4 ms  changed
      ␛[?25l3/6 nodes · 0/2 tests · 6.00 s
      ␛[J␛[?25hOK     build   orders                              1 row   940 kB   12 files   12.3 s  input changed: stg_orders, rates
      ␛[?25l⠋  build   sessions                    2.00 s
      4/6 nodes · 0/2 tests · 10.0 s␛[1A
      ␛[J␛[?25h"
    `);
    expect(collected.text().lastIndexOf('\x1b[?25h')).toBeGreaterThan(
      collected.text().lastIndexOf('\x1b[?25l'),
    );
  });

  it('says what takes long before a run begins, and nothing of what does not', () => {
    vi.useFakeTimers();
    try {
      const collected = collectText();
      const reporter = openReporters(['tty'], collected.options);
      collected.advance(300);
      vi.advanceTimersByTime(300);
      expect(collected.text()).toBe('');
      collected.advance(900);
      vi.advanceTimersByTime(100);
      expect(collected.text()).toContain('Compiling the project  1.20 s');
      reporter.report(sampleRun[0]!);
      expect(collected.text('stderr')).toContain('\x1b[J\x1b[?25hTarget dev');
      const length = collected.text().length;
      reporter.close();
      vi.advanceTimersByTime(1000);
      expect(collected.text().slice(length)).not.toContain('Compiling');
    } finally {
      vi.useRealTimers();
    }
  });

  it('limits the lines and the width', () => {
    const progress = new Progress();
    progress.report(sampleRun[0]!, 0);
    for (let i = 0; i < 20; i++) {
      progress.report(
        { kind: 'node-started', name: `model_${i}_日本`, action: 'build', reason: { kind: 'new' } },
        0,
      );
    }
    const lines = progress.lines({ color: false, unicode: false, width: 40 }, 61_000, 5);
    expect(lines).toMatchInlineSnapshot(`
      [
        "|  build   model_0_日本             ...",
        "|  build   model_1_日本             ...",
        "|  build   model_2_日本             ...",
        "  and 17 more",
        "0/6 nodes, 0/2 tests, 1 min 01 s",
      ]
    `);
    expect(progress.lines({ color: false, unicode: true, width: 80 }, 0, 30)).toHaveLength(21);
  });

  it('counts what is finished in several parts once', () => {
    const progress = new Progress();
    for (const event of [sampleRun[0]!, sampleRun[3]!, sampleRun[3]!]) progress.report(event, 0);
    const lines = progress.lines({ color: false, unicode: false, width: 40 }, 1000, 5);
    expect(lines).toEqual(['1/6 nodes, 0/2 tests, 1.00 s']);
  });

  it('erases the rows that a narrower terminal has wrapped', () => {
    const collected = collectText();
    const terminal = { ...collected.options.stderr, columns: 80 };
    const reporter = openReporters(['tty'], { ...collected.options, stderr: terminal });
    for (const event of sampleRun.slice(0, 5)) reporter.report(event);
    terminal.columns = 10;
    reporter.close();
    expect(collected.text().endsWith('\x1b[2A\r\x1b[J\x1b[?25h')).toBe(true);
  });
});

it('json writes events as lines on stdout', () => {
  const lines = run('json', sampleRun).text('stdout').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(sampleRun);
});

it('github annotates what is wrong, each once', () => {
  expect(run('github', sampleRun).text()).toMatchInlineSnapshot(`
    "::error file=warehouse/models/marts/sessions.sql,line=2,endLine=2,col=3,endColumn=12,title=run/query-failed::Division by zero.%0Ahint: guard it with nullif(zero, 0).
    ::error file=warehouse/models/marts/orders.sql,line=2,endLine=2,col=1,endColumn=6,title=test/failed::unique_orders_order_id: 7 failing rows
    "
  `);
});
