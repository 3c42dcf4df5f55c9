import { expect, test } from 'vitest';
import { openDuckdb } from './duckdb.js';
import { InFlight } from './in-flight.js';

test('what is in flight lands before it is closed, once', async () => {
  const said: string[] = [];
  const flight = new InFlight(() => said.push('closed'));
  const land = async (name: string) => {
    await Promise.resolve();
    said.push(name);
  };
  const landed = ['1', '2'].map((name) => flight.during(() => land(name)));
  flight.end();
  flight.end();
  expect([flight.isBusy, said]).toEqual([true, []]);
  await Promise.all(landed);
  expect([flight.isBusy, said]).toEqual([false, ['1', '2', 'closed']]);
});

test('an engine may be closed while it connects, and a connection while it works', async () => {
  for (let i = 0; i < 10; i++) {
    const engine = await openDuckdb({ threads: 2 });
    const connection = await engine.connect();
    const query = connection.run('select count(*) from range(10000000) a(i) where i % 7 = 3');
    const others = [1, 2, 3].map(() => engine.connect());
    connection.close();
    engine.close();
    // An interrupt that comes before the query began is lost.
    await query.catch((thrown) => expect(thrown).toMatchObject({ kind: 'interrupted' }));
    for (const other of await Promise.all(others)) other.close();
  }
});
