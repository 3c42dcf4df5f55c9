import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellQuote } from './shell-quote.js';

it.each([
  ['orders', 'orders'],
  ['from orders limit 5', '"from orders limit 5"'],
  ["a = 'x'", `"a = 'x'"`],
  ['select "a"', `'select "a"'`],
  [`select "a" where b = 'c' or b = 'd'`, `"select \\"a\\" where b = 'c' or b = 'd'"`],
  ['$x and `y` \\', `'$x and \`y\` \\'`],
  ["it's!", `'it'\\''s!'`],
  ['', '""'],
])('%s', (text, quoted) => {
  expect(shellQuote(text)).toBe(quoted);
  expect(execFileSync('sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' })).toBe(text);
});
