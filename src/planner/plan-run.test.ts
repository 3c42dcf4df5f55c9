import { describe, expect, test } from 'vitest';
import { sketchManifest, sketchTest } from '../../test/support/manifest.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest } from '../ir/manifest.js';
import type { RunPlan } from '../ir/run-plan.js';
import type { TableVersion } from '../ir/table-version.js';
import { planRun } from './plan-run.js';

const empty: LakeSnapshot = { commit: 0, tables: new Map() };

function plan(
  manifest: Manifest,
  snapshot: LakeSnapshot,
  more: Partial<Parameters<typeof planRun>[0]> = {},
): RunPlan {
  return planRun({
    target: 'dev',
    manifest,
    snapshot,
    sources: new Map(
      [...manifest.nodes.values()].filter((n) => n.kind === 'source').map((n) => [n.name, 'v1']),
    ),
    selected: new Set(manifest.nodes.keys()),
    tests: manifest.tests,
    wholeProject: true,
    fullRefresh: false,
    passedAudits: new Set(),
    nonce: 'run-1',
    ...more,
  });
}

/** The lake after a plan was carried out to the letter. */
function lakeAfter(manifest: Manifest, done: RunPlan, before: LakeSnapshot = empty): LakeSnapshot {
  const tables = new Map(before.tables);
  for (const drop of done.drops) tables.delete(drop);
  for (const node of done.nodes) {
    const { schema, config, logic, inputs } = manifest.nodes.get(node.name)!;
    if (node.action === 'reuse' || node.action === 'inline') continue;
    const isView = node.action === 'view';
    const version: TableVersion = {
      format: 1,
      id: `${node.name}-${before.commit + 1}`,
      table: node.name,
      kind: isView ? 'view' : 'table',
      schema,
      partitionBy: [],
      files: [],
      rowCount: 0,
      sizeBytes: 0,
      publish: config.publish,
      ...(isView && { view: { sql: '', macros: [], reads: inputs } }),
      provenance: {
        project: 'test',
        runId: 'r',
        createdAt: '',
        dataKey: node.dataKey,
        logic,
        inputs: node.inputKeys,
        ...(node.sample !== undefined && { sample: node.sample }),
      },
      audits: [],
    };
    tables.set(node.name, version);
  }
  return { commit: before.commit + 1, tables };
}

const actions = (p: RunPlan) =>
  Object.fromEntries(p.nodes.map((n) => [n.name, `${n.action} ${n.reason.kind}`]));

const chain = [
  { name: 'shop.orders' },
  { name: 'stg', inputs: ['shop.orders'], config: { materialized: 'view' } },
  { name: 'mart', inputs: ['stg'] },
  { name: 'other' },
];

describe('what is built', () => {
  test('everything in an empty lake, nothing the second time', () => {
    const manifest = sketchManifest(chain);
    const first = plan(manifest, empty);
    expect(actions(first)).toEqual({
      'shop.orders': 'land new',
      stg: 'view new',
      mart: 'build new',
      other: 'build new',
    });
    const second = plan(manifest, lakeAfter(manifest, first), { nonce: 'run-2' });
    expect(new Set(Object.values(actions(second)))).toEqual(new Set(['reuse unchanged']));
  });

  test('a changed source rebuilds what reads it, through views that stay as they are', () => {
    const manifest = sketchManifest(chain);
    const lake = lakeAfter(manifest, plan(manifest, empty));
    const next = plan(manifest, lake, { sources: new Map([['shop.orders', 'v2']]) });
    expect(actions(next)).toEqual({
      'shop.orders': 'land source-changed',
      stg: 'reuse unchanged',
      mart: 'build input-changed',
      other: 'reuse unchanged',
    });
    expect(next.nodes.find((n) => n.name === 'mart')!.reason).toEqual({
      kind: 'input-changed',
      inputs: ['stg'],
    });
  });

  test('changed logic of an ephemeral model rebuilds its readers and nothing else', () => {
    const nodes = (logic: string) =>
      sketchManifest([
        { name: 'base' },
        { name: 'eph', inputs: ['base'], logic, config: { materialized: 'ephemeral' } },
        { name: 'reader', inputs: ['eph'] },
        { name: 'bystander', inputs: ['base'] },
      ]);
    const first = plan(nodes('a'), empty);
    const lake = lakeAfter(nodes('a'), first);
    // The lake stores the logic with ephemerals resolved, which `lakeAfter` cannot know; compare keys instead.
    const again = plan(nodes('a'), lake);
    const changed = plan(nodes('b'), lake);
    const key = (p: RunPlan, name: string) => p.nodes.find((n) => n.name === name)!.dataKey;
    expect(key(again, 'reader')).toBe(key(first, 'reader'));
    expect(key(changed, 'reader')).not.toBe(key(first, 'reader'));
    expect(key(changed, 'bystander')).toBe(key(first, 'bystander'));
  });

  test('unrepeatable models and their readers are built every time', () => {
    const manifest = sketchManifest([
      { name: 'clock', repeatable: false, unrepeatableBecause: 'now()' },
      { name: 'reader', inputs: ['clock'] },
    ]);
    const lake = lakeAfter(manifest, plan(manifest, empty));
    const next = plan(manifest, lake, { nonce: 'run-2' });
    expect(actions(next)).toEqual({ clock: 'build not-repeatable', reader: 'build input-changed' });
  });

  test('a selection takes along inputs that the lake lacks, and waits through views that are not selected', () => {
    const manifest = sketchManifest(chain);
    expect(actions(plan(manifest, empty, { selected: new Set(['mart']) }))).toEqual({
      'shop.orders': 'land new',
      stg: 'view new',
      mart: 'build new',
    });
    const lake = lakeAfter(manifest, plan(manifest, empty));
    const next = plan(manifest, lake, {
      selected: new Set(['shop.orders', 'mart']),
      sources: new Map([['shop.orders', 'v2']]),
      wholeProject: false,
    });
    expect(actions(next)).toEqual({ 'shop.orders': 'land source-changed', mart: 'build input-changed' });
    expect(next.nodes.find((n) => n.name === 'mart')!.after).toEqual(['shop.orders']);
  });

  test('full refresh rebuilds tables, and changed columns of an input redefine a view', () => {
    const manifest = sketchManifest(chain);
    const lake = lakeAfter(manifest, plan(manifest, empty));
    expect(actions(plan(manifest, lake, { fullRefresh: true })).mart).toBe('build full-refresh');
    const wider = sketchManifest(
      chain.map((n) =>
        n.name === 'stg' ? { ...n, schema: { columns: [{ name: 'id', type: 'BIGINT' }] } } : n,
      ),
    );
    expect(actions(plan(wider, lake)).stg).toBe('view schema-changed');
  });

  test('a view is defined again where what it reads has other capitals now', () => {
    const lake = lakeAfter(sketchManifest(chain), plan(sketchManifest(chain), empty));
    const renamed = sketchManifest([
      { name: 'Shop.Orders' },
      { ...chain[1]!, inputs: ['Shop.Orders'] },
      chain[2]!,
    ]);
    expect(plan(renamed, lake).drops).toContain('shop.orders');
    expect(actions(plan(renamed, lake)).stg).toBe('view logic-changed');
  });

  test('a table that is added to is made anew from another sample, and from all rows again', () => {
    const options = { strategy: 'append' };
    const manifest = sketchManifest([
      { name: 's.t' },
      { name: 'm', inputs: ['s.t'], config: { materialized: 'incremental', options } },
    ]);
    let lake = lakeAfter(manifest, plan(manifest, empty));
    const reasons = ['10%', '20%', undefined].map((sample) => {
      const next = plan(manifest, lake, sample === undefined ? {} : { sample });
      lake = lakeAfter(manifest, next, lake);
      return next.nodes[1]!.reason;
    });
    expect(reasons).toEqual([
      { kind: 'sample-changed', now: '10%' },
      { kind: 'sample-changed', before: '10%', now: '20%' },
      { kind: 'sample-changed', before: '20%' },
    ]);
  });

  test('two ephemeral models that swap their logic rebuild their readers', () => {
    const keyWith = (first: string, second: string) => {
      const manifest = sketchManifest([
        { name: 'first', logic: first, config: { materialized: 'ephemeral' } },
        { name: 'second', logic: second, config: { materialized: 'ephemeral' } },
        { name: 'reader', inputs: ['first', 'second'] },
      ]);
      return plan(manifest, empty).nodes.find((node) => node.name === 'reader')!.dataKey;
    };
    expect(keyWith('one', 'two')).not.toBe(keyWith('two', 'one'));
  });

  test('tables that left the project are dropped, those of other projects are not', () => {
    const manifest = sketchManifest(chain);
    const lake = lakeAfter(manifest, plan(manifest, empty));
    const foreign = { ...lake.tables.get('other')!, table: 'foreign' };
    const shared: LakeSnapshot = {
      ...lake,
      tables: new Map([
        ...lake.tables,
        ['foreign', { ...foreign, provenance: { ...foreign.provenance, project: 'someone' } }],
      ]),
    };
    const smaller = sketchManifest(chain.filter((n) => n.name !== 'other'));
    expect(plan(smaller, shared).drops).toEqual(['other']);
    expect(plan(smaller, shared, { wholeProject: false }).drops).toEqual([]);
  });
});

describe('tests', () => {
  const nodes = [{ name: 'a' }, { name: 'b', inputs: ['a'] }, { name: 'c' }, { name: 'd', inputs: ['c'] }];

  test('a query gates the most downstream of what it reads', () => {
    const manifest = sketchManifest(nodes, [sketchTest('q', ['a', 'b', 'c'])]);
    expect(plan(manifest, empty).tests[0]).toMatchObject({ gates: ['b', 'c'], blocksDescendants: true });
  });

  test('a test that reads a descendant, or waits in a circle with another, gates only the commit', () => {
    const manifest = sketchManifest(nodes, [
      sketchTest('own', ['a'], 'a'),
      sketchTest('downstream', ['a', 'b'], 'a'),
      sketchTest('a_waits_for_d', ['a', 'd'], 'a'),
      sketchTest('c_waits_for_b', ['b', 'c'], 'c'),
    ]);
    expect(plan(manifest, empty).tests.map((t) => [t.test.name, t.blocksDescendants])).toEqual([
      ['own', true],
      ['downstream', false],
      ['a_waits_for_d', true],
      ['c_waits_for_b', false],
    ]);
  });

  test('one that reads ephemeral models runs without its tables being built, if the lake has what they read', () => {
    const manifest = sketchManifest(
      [
        { name: 'base' },
        { name: 'inner', inputs: ['base'], config: { materialized: 'ephemeral' } },
        { name: 'outer', inputs: ['inner'], config: { materialized: 'ephemeral' } },
        { name: 'missing' },
        { name: 'blind', inputs: ['missing'], config: { materialized: 'ephemeral' } },
      ],
      [sketchTest('sees', ['outer']), sketchTest('cannot', ['blind'])],
    );
    const selected = new Set(['base']);
    const lake = lakeAfter(manifest, plan(manifest, empty, { selected, tests: [], wholeProject: false }));
    const tests = plan(manifest, lake, { selected: new Set(), wholeProject: false });
    expect(tests.tests.map((planned) => planned.test.name)).toEqual(['sees']);
    expect(actions(tests)).toEqual({ inner: 'inline unchanged', outer: 'inline unchanged' });
  });

  test('an audit that was passed on the same rows is not run again, unless it asks for the time', () => {
    const manifest = sketchManifest(nodes, [sketchTest('own', ['a'], 'a')]);
    const [first] = plan(manifest, empty).tests;
    expect(first!.passedBefore).toBe(false);
    const passedAudits = new Set([first!.auditKey]);
    expect(plan(manifest, empty, { passedAudits }).tests[0]!.passedBefore).toBe(true);
    const clocked = sketchManifest(nodes, [{ ...sketchTest('own', ['a'], 'a'), repeatable: false }]);
    expect(plan(clocked, empty, { passedAudits }).tests[0]!.passedBefore).toBe(false);
  });
});
