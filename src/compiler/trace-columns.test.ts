import { expect, it } from 'vitest';
import type { LineageEdge, NodeLineage } from '../ir/column-lineage.js';
import { edgesAbove, edgesBelow } from './trace-columns.js';

const column = (text: string) => {
  const [table = '', column = ''] = text.split('.');
  return { table, column };
};
const node = (columns: Readonly<Record<string, string>>, rows = ''): NodeLineage => {
  const sources = (text: string) => text.split(' ').filter(Boolean).map(column);
  return {
    columns: Object.entries(columns).map(([name, text]) => ({ name, sources: sources(text) })),
    rows: sources(rows),
  };
};
const lineage = new Map([
  ['a', node({ x: 'raw.X raw.y', n: '' })],
  ['b', node({ x: 'a.x', twice: 'a.x a.n' }, 'a.n')],
  ['c', node({ z: 'b.twice b.x' }, 'b.x')],
]);
const text = (edges: readonly LineageEdge[]) =>
  edges.map(({ from, to }) => `${from.table}.${from.column}>${to.table}.${to.column ?? '*'}`).join(' ');

it('goes up to where columns come from, each step once, the nearest first', () => {
  expect(text(edgesAbove(lineage, [column('c.z')]))).toBe(
    'b.twice>c.z b.x>c.z a.x>b.twice a.n>b.twice a.x>b.x raw.X>a.x raw.y>a.x',
  );
  expect(text(edgesAbove(lineage, [column('c.z')], 1))).toBe('b.twice>c.z b.x>c.z');
});

it('goes down to what is made of them, and stops at the rows that they decide on', () => {
  expect(text(edgesBelow(lineage, [column('raw.x')]))).toBe(
    'raw.x>a.x a.x>b.x a.x>b.twice b.x>c.z b.x>c.* b.twice>c.z',
  );
  expect(text(edgesBelow(lineage, [column('a.n')], 1))).toBe('a.n>b.twice a.n>b.*');
});

it('finds nothing where nothing is known', () => {
  expect(edgesAbove(lineage, [column('raw.x')])).toEqual([]);
  expect(edgesBelow(lineage, [column('c.z')])).toEqual([]);
});
