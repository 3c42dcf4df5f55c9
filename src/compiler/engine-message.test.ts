import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuckdb } from '../engine/duckdb.js';
import { type Engine, type EngineConnection, EngineError } from '../ports/engine.js';
import { candidatesIn, readMessage } from './engine-message.js';

let engine: Engine;
let connection: EngineConnection;
beforeAll(async () => {
  engine = await openDuckdb({ threads: 1 });
  connection = await engine.connect();
  await connection.run('create table t (a int, s struct(x int)); create macro twice(a) as a * 2');
});
afterAll(() => {
  connection.close();
  engine.close();
});

// Each message as this DuckDB words it: when a version words one otherwise, its pattern must follow.
test.each([
  ['select t.b from t', { code: 'compile/unknown-column', subject: 'b', isQualified: true }],
  ['select q.b from (from t) q', { code: 'compile/unknown-column', subject: 'b', isOfQuery: true }],
  ['select * exclude (b) from t', { code: 'compile/unknown-column', subject: 'b', behind: 'exclude' }],
  ['select * replace (1 as b) from t', { code: 'compile/unknown-column', subject: 'b', behind: 'replace' }],
  ['select 1 from t join t u using (b)', { code: 'compile/unknown-column', subject: 'b', behind: 'using' }],
  ['select s.y from t', { code: 'compile/unknown-column', subject: 'y' }],
  ['select u.a from t', { subject: 'u', message: '"u" is not one of the tables in FROM.' }],
  ['select coalesce(a, s) from t', { code: 'compile/type-mismatch' }],
  ["select [1, date '2020-01-01']", { code: 'compile/type-mismatch' }],
  ['select unnest(a) from t', { code: 'compile/type-mismatch' }],
  ['select twice(1, 2)', { code: 'compile/type-mismatch' }],
])('%s', async (sql, facts) => {
  const error = await connection.run(`describe ${sql}`).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngineError);
  const found = readMessage((error as EngineError).message);
  expect(found).toMatchObject(facts);
  expect(found.message).toMatch(/^[^\n]+\.$/);
  expect(found.message).not.toContain('Candidate');
});

test('finds candidates however they are listed', async () => {
  const messageOf = async (sql: string) =>
    ((await connection.run(`describe ${sql}`).catch((thrown: unknown) => thrown)) as EngineError).message;
  expect(candidatesIn(await messageOf('select t.b from t'))).toEqual(['a', 's']);
  expect(candidatesIn(await messageOf('select s.y from t'))).toEqual(['x']);
  expect(candidatesIn(await messageOf('select u.a from t'))).toEqual(['t']);
});
