import fc from 'fast-check';
import { expect, test } from 'vitest';
import { schedule, type Task } from './schedule.js';

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

test('random graphs: never before an input, never more at once than allowed, failures skip exactly the descendants', async () => {
  const graph = fc.array(fc.record({ parents: fc.array(fc.nat(), { maxLength: 3 }), fails: fc.boolean() }), {
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 1, max: 4 }), async (sketch, concurrency) => {
      const tasks: Task[] = sketch.map((t, i) => ({
        id: `t${i}`,
        after: i === 0 ? [] : t.parents.map((p) => `t${p % i}`),
      }));
      const done = new Set<string>();
      const failed = new Set<string>();
      const skipped = new Set<string>();
      let running = 0;
      await schedule(tasks, {
        concurrency,
        async run(task) {
          expect(task.after.every((id) => done.has(id))).toBe(true);
          expect(++running).toBeLessThanOrEqual(concurrency);
          await later();
          running--;
          const fails = sketch[Number(task.id.slice(1))]!.fails && Number(task.id.slice(1)) % 4 === 0;
          (fails ? failed : done).add(task.id);
          return fails ? 'failed' : 'done';
        },
        skip: (task) => skipped.add(task.id),
        stopped: () => false,
      });
      const expectedSkips = new Set<string>();
      for (const t of tasks)
        if (t.after.some((id) => failed.has(id) || expectedSkips.has(id))) expectedSkips.add(t.id);
      expect(skipped).toEqual(expectedSkips);
      expect(done.size + failed.size + skipped.size).toBe(tasks.length);
    }),
    { numRuns: 60 },
  );
});

test('a task that asks for it is run again while nothing else runs', async () => {
  const log: string[] = [];
  let running = 0;
  await schedule(
    ['big', 'x', 'y', 'z'].map((id) => ({ id, after: [] })),
    {
      concurrency: 2,
      async run(task, alone) {
        running++;
        await later();
        if (alone) expect(running).toBe(1);
        running--;
        log.push(`${task.id}${alone ? ' alone' : ''}`);
        return task.id === 'big' && !alone ? 'retry-alone' : 'done';
      },
      skip: () => expect.unreachable(),
      stopped: () => false,
    },
  );
  expect(log).toContain('big alone');
  expect(log.filter((l) => l.startsWith('big'))).toHaveLength(2);
  expect(log).toHaveLength(5);
});

test('when stopped, nothing more starts and the rest is skipped', async () => {
  const skipped: string[] = [];
  let stopped = false;
  await schedule(
    ['a', 'b', 'c'].map((id) => ({ id, after: [] })),
    {
      concurrency: 1,
      async run() {
        stopped = true;
        return 'done';
      },
      skip: (task) => skipped.push(task.id),
      stopped: () => stopped,
    },
  );
  expect(skipped).toEqual(['b', 'c']);
});
