import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openDuckdb } from './duckdb.js';

const init = 'create or replace macro foo(x) as x + 1';

test('connections that are opened at once may all replace the same macro', async () => {
  const engine = await openDuckdb({ threads: 2, init });
  const connections = await Promise.all(Array.from({ length: 50 }, () => engine.connect()));
  expect(await connections[49]!.rows('select foo(1) as n')).toEqual([{ n: 2 }]);
  engine.close();
});

test('an init that fails on one connection fails on the next one by itself', async () => {
  const engine = await openDuckdb({ threads: 1, init: 'create macro once() as 1' });
  await engine.connect();
  for (let n = 0; n < 2; n++) await expect(engine.connect()).rejects.toThrow('already exists');
  engine.close();
});

test('a database that may only be read stays so beside what init makes, whatever its name', async () => {
  const folder = await folderOfTest('duckdb');
  for (const name of ['a b.duckdb', 'memory.duckdb']) {
    const path = join(folder, name);
    const writer = await openDuckdb({ path });
    await (await writer.connect()).run('create table t as select 1 as n');
    writer.close();
    const engine = await openDuckdb({
      path,
      readOnly: true,
      init: name === 'memory.duckdb' ? 'select 1' : init,
    });
    const connection = await engine.connect();
    expect(await connection.rows('from t')).toEqual([{ n: 1 }]);
    await expect(connection.run('create table u as select 1 as n')).rejects.toThrow('read-only');
    engine.close();
  }
});
