import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sortDag } from './dag.js';

const sort = (graph: Record<string, string[]>) => sortDag(new Map(Object.entries(graph)));

describe('sortDag', () => {
  test('puts each node behind its inputs and keeps the given order otherwise', () => {
    expect(sort({ c: ['b'], a: [], b: ['a', 'a', 'elsewhere'], d: [] })).toEqual({
      order: ['a', 'd', 'b', 'c'],
      cycles: [],
    });
  });

  test('names every cycle with its path and leaves out what stands below', () => {
    const { order, cycles } = sort({
      ok: [],
      b: ['a', 'ok'],
      a: ['c'],
      c: ['b', 'd'],
      d: ['c'],
      self: ['self'],
      below: ['a'],
    });
    expect(order).toEqual(['ok']);
    expect(cycles).toEqual([['a', 'c', 'b'], ['c', 'd'], ['self']]);
  });

  test('orders any graph without cycles', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 30 }), (reads) => {
        // Node i may read only nodes before it; they are given in reverse.
        const graph = new Map(
          reads.map((list, i) => [`${i}`, list.filter((input) => input < i).map(String)] as const).reverse(),
        );
        const { order, cycles } = sortDag(graph);
        expect(cycles).toEqual([]);
        expect([...order].sort()).toEqual([...graph.keys()].sort());
        for (const [name, inputs] of graph) {
          for (const input of inputs) expect(order.indexOf(input)).toBeLessThan(order.indexOf(name));
        }
      }),
    );
  });
});
