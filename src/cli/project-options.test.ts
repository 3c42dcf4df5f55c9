import { expect, it } from 'vitest';
import { UsageError } from './command.js';
import { parseVars } from './project-options.js';

it('reads variables as assignments and as YAML, the last one wins', async () => {
  expect(await parseVars(['day=2024-01-01', 'n=3', 'flag=true', "s='3'", 'e='])).toEqual({
    day: '2024-01-01',
    n: 3,
    flag: true,
    s: '3',
    e: null,
  });
  expect(await parseVars(['{a: 1, b: [x, y]}', 'a=2', 'c: 5', '{"d": {"e": null}}'])).toEqual({
    a: 2,
    b: ['x', 'y'],
    c: 5,
    d: { e: null },
  });
  expect(await parseVars(['url=https://x/?a=b: c'])).toEqual({ url: 'https://x/?a=b: c' });
});

it.each(['nothing', '[1, 2]', '{a: ', 'a={b: '])('refuses %s', async (text) => {
  await expect(parseVars([text])).rejects.toThrow(UsageError);
});
