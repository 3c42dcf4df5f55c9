import { expect, test } from 'vitest';
import { maskSecrets } from './mask-secrets.js';

test.each([
  ['s3: { secret_access_key: hunter2, region: auto }', 's3: { secret_access_key: *******, region: auto }'],
  ['password: "a b, c"', 'password: ********'],
  ["'token': 'x y'", "'token': *****"],
  ['connection: postgres://me:pa:ss@host/db', 'connection: postgres://me:*****@host/db'],
  ["secret_access_key: '${env.KEY}'", "secret_access_key: '${env.KEY}'"],
  ['password: ${env.PASSWORD}', 'password: ${env.PASSWORD}'],
  [
    'connection: "postgres://me:${env.PASSWORD}@host/db"',
    'connection: "postgres://me:${env.PASSWORD}@host/db"',
  ],
  [
    'columns: { token: { type: VARCHAR }, password_hash: VARCHAR }',
    'columns: { token: { type: VARCHAR }, password_hash: VARCHAR }',
  ],
  ['endpoint: https://host:9000/x', 'endpoint: https://host:9000/x'],
])('%s', (yaml, shown) => {
  expect(maskSecrets(yaml)).toBe(shown);
});
