import { expect, it } from 'vitest';
import type { PlannedNode, PlannedTest, RunPlan } from '../ir/run-plan.js';
import { planText } from './plan-text.js';

const style = { color: false, unicode: true, width: 100 };
const node = (name: string, action: PlannedNode['action'], reason: PlannedNode['reason']): PlannedNode => ({
  name,
  action,
  reason,
  dataKey: '',
  inputKeys: {},
  after: [],
});
const reused = Array.from({ length: 8 }, (_, i) => node(`old_${i}`, 'reuse', { kind: 'unchanged' }));
const plan: RunPlan = {
  target: 'dev',
  baseCommit: 41,
  nodes: [
    node('shop.orders', 'land', { kind: 'source-changed' }),
    node('stg_orders', 'view', { kind: 'new' }),
    node('orders', 'build', { kind: 'input-changed', inputs: ['shop.orders', 'a', 'b', 'c', 'd'] }),
    node('daily', 'build', { kind: 'not-repeatable', because: 'now()' }),
    ...reused,
    node('other', 'reuse', { kind: 'not-selected' }),
  ],
  tests: [
    { passedBefore: false },
    { passedBefore: true },
    { passedBefore: false },
  ] as unknown as PlannedTest[],
  drops: ['gone'],
};

it('says what will be done and why', () => {
  expect(planText(plan, false, style)).toMatchInlineSnapshot(`
    "land    shop.orders  source changed
    view    stg_orders   new
    build   orders       input changed: shop.orders, a, b and 2 more
    build   daily        not repeatable: now()
    drop    gone         no longer made by the project
    reuse   8 unchanged nodes: old_0, old_1, old_2, old_3, old_4 and 3 more
    test    2 tests

    Plan for target dev, on top of commit 41: 1 to land, 3 to build, 2 to test, 1 to drop."
  `);
});

it('says what becomes of the rows that are there', () => {
  const changed = node('a', 'build', { kind: 'schema-changed' });
  const lineOf = (mode: PlannedNode['mode']) =>
    planText({ ...plan, nodes: [{ ...changed, ...(mode && { mode }) }], drops: [] }, false, style).split(
      '\n',
    )[0];
  expect(lineOf({ kind: 'incremental', inputsKey: '', carriesOnly: true })).toBe(
    'build   a  schema changed; its rows go on in the new columns',
  );
  expect(lineOf({ kind: 'incremental', inputsKey: '' })).toBe('build   a  schema changed; adds to the table');
  const missing = [{ start: '2024-01-02T00:00:00Z', end: '2024-01-03T00:00:00Z' }];
  expect(lineOf({ kind: 'incremental', inputsKey: '', missing })).toBe(
    'build   a  schema changed; adds to the table, fills 2024-01-02 to 2024-01-03 and what is new behind that',
  );
  expect(lineOf({ kind: 'incremental', inputsKey: '', missing, followsInputs: true })).toBe(
    'build   a  schema changed; adds to the table, fills 2024-01-02 to 2024-01-03 and what is new behind that or changed before it',
  );
  const columns = ['v was DOUBLE and is INTEGER', 'w DATE is new'];
  expect(lineOf({ kind: 'incremental', inputsKey: '', forwardOnly: true, columns })).toBe(
    'build   a  schema changed; forward only: rows that are there go on in the new columns (v was DOUBLE and is INTEGER, w DATE is new)',
  );
});

it('says of each node that it is reused when asked', () => {
  expect(planText({ ...plan, nodes: reused.slice(0, 2), drops: [] }, true, style)).toMatchInlineSnapshot(`
    "reuse   old_0  unchanged
    reuse   old_1  unchanged
    test    2 tests

    Plan for target dev, on top of commit 41: 2 to test."
  `);
});

it('says that nothing is to do', () => {
  expect(planText({ ...plan, nodes: [], tests: [], drops: [] }, false, style)).toBe(
    'Nothing to do for target dev, on top of commit 41.',
  );
});

it('says nothing of ephemeral models that did not change', () => {
  const unchanged = node('eph', 'inline', { kind: 'unchanged' });
  const idle = { ...plan, nodes: [unchanged], tests: [], drops: [] };
  expect(planText(idle, false, style)).toBe('Nothing to do for target dev, on top of commit 41.');
  expect(planText(idle, true, style)).toContain('inline  eph  unchanged\n');
  const added = { ...idle, nodes: [node('eph', 'inline', { kind: 'new' })] };
  expect(planText(added, false, style)).toBe(
    'inline  eph  new\n\nPlan for target dev, on top of commit 41: 1 inline.',
  );
});
