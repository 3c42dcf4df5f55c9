import { describe, expect, test } from 'vitest';
import { sqlTokens, statementEnd } from './sql-tokens.js';

const texts = (sql: string) => [...sqlTokens(sql)].map(({ start, end }) => sql.slice(start, end));

describe('tokens', () => {
  test.each<[string, readonly string[]]>([
    ['select \'it\'\'s; --\', "a""b"', ['select', "'it''s; --'", ',', '"a""b"']],
    ["E'a\\'b' x'ff' e", ["E'a\\'b'", "x'ff'", 'e']],
    ['$$a;$b$$ $tag$ $$ $tag$ $1 $name ?', ['$$a;$b$$', '$tag$ $$ $tag$', '$1', '$name', '?']],
    ['a--x\nb/* /* ; */ -- */c', ['a', 'b', 'c']],
    ['1.5e-3 .5 1_000 a.b::int', ['1.5e-3', '.5', '1_000', 'a', '.', 'b', '::', 'int']],
    ['größe_😀 ä', ['größe_😀', 'ä']],
    ["'open -- ; ", ["'open -- ; "]],
    ['/* open', []],
  ])('%s', (sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });
});

describe('the end of a statement', () => {
  test.each([
    ['select 1', 'select 1'],
    ['select 1 ;; \n', 'select 1'],
    ['select 1 -- why;\n;\n/* done; */', 'select 1'],
    ["select '; --'", "select '; --'"],
    ['select 1 as "--" -- \';', 'select 1 as "--"'],
    ['select 1; select 2;', 'select 1; select 2'],
    [' -- nothing', ''],
  ])('%s', (sql, expected) => {
    expect(sql.slice(0, statementEnd(sql))).toBe(expected);
  });
});
