import { describe, expect, it } from 'vitest';
import { scanTemplate } from './scan-template.js';

const codes = (text: string, bodyOffset = 0) =>
  scanTemplate('models/m.sql', text, bodyOffset).expressions.map((e) => e.code);
const problems = (text: string) =>
  scanTemplate('models/m.sql', text, 0).diagnostics.map(
    (d) => `${d.code} ${d.span?.start.line}:${d.span?.start.column} ${d.message}`,
  );

describe('scanTemplate finds expressions', () => {
  it('with nested braces, strings, templates, regular expressions and comments', () => {
    for (const code of [
      'a',
      ' { a: { b: 1 } }.a ',
      '"}" + \'}\' + "\\"}"',
      '`}` + `${`}`}` + `${ { a: `${x}` }.a } }`',
      'x.replace(/[}/]\\/}/g, "}")',
      'a / b / c} '.slice(0, -2),
      'f(a) / 2 + "}".length / 3',
      'x! / 2 + y++ / 3',
      'a // }\n',
      '/* } */ a',
      "when(incremental, sql`where a > (select max(b) from ${self}) and c = '}'`)",
      'f<{ a: string }>(1)',
      'typeof /}/',
      '[1, (2), { a: [3] }]',
      '"é😀}" + x',
    ]) {
      expect(codes(`select \${${code}} as x`), code).toEqual([code]);
    }
  });

  it('in any number, side by side and across lines', () => {
    expect(codes('${a}${b},\n${\n c\n}')).toEqual(['a', 'b', '\n c\n']);
  });

  it('in megabytes of SQL', () => {
    const text = `select ${'a, b, '.repeat(4_000_000)} \${c}`;
    expect(codes(text)).toEqual(['c']);
  });

  it('only behind the front matter', () => {
    const text = '/* model\ndescription: ${x}\n*/\nselect ${y}';
    expect(codes(text, text.indexOf('select'))).toEqual(['y']);
  });

  it('marks code in which < may start type arguments', () => {
    const angles = (text: string) => scanTemplate('m.sql', text, 0).expressions.map((e) => e.hasAngle);
    expect(angles('${f<string>(1)} ${sql`a < 3`} ${a} ${"<"}')).toEqual([true, false, false, false]);
  });

  it('lists identifiers that are no properties', () => {
    const [found] = scanTemplate('m.sql', '${a.b?.c(...d) + `${e}` + "f"}', 0).expressions;
    expect(found?.identifiers.map((i) => i.name)).toEqual(['a', 'd', 'e']);
  });
});

describe('scanTemplate leaves SQL alone', () => {
  it.each([
    "select '$.a', j->>'$.a', \"a$b\", $1, 'it''s', `x`, '\\d+', regexp_matches(a, '^\\d{2}$')",
    "select $$ ${a} ' $$, $tag$ ${b} $$ $tag$",
    '-- ${a}\nselect 1 /* ${b} /* ${c} */ ${d} */',
    "select E'\\' -- ' as x, e'a''b\\'c'",
    'select a$b$c from t',
    "select 'never closed ${a}",
  ])('%s', (text) => {
    expect(scanTemplate('m.sql', text, 0)).toEqual({ expressions: [], diagnostics: [] });
  });

  it('finds an expression behind each of them', () => {
    for (const text of [
      "'it''s'",
      '$$ ${a} $$',
      '/* /* */ */',
      "E'\\''",
      '-- x\n',
      '$1',
      'tbl_',
      '"a""b"',
      "->>'$.a'",
    ]) {
      expect(codes(`${text}\${x}`), text).toEqual(['x']);
    }
  });
});

describe('scanTemplate reports', () => {
  it('an expression that is never closed, at its start', () => {
    expect(problems("select 'é😀', ${f('}')\nfrom t")).toEqual([
      'template/unclosed-expression 1:15 This ${ has no closing }.',
    ]);
  });

  it('brackets that do not match, and goes on behind them', () => {
    expect(problems('select ${f(a} as x, ${b)} as y, ${c} as z')).toEqual([
      'template/syntax-error 1:13 Expected ")" for the "(" before this "}".',
      'template/syntax-error 1:24 This ")" closes nothing.',
    ]);
    expect(codes('select ${f(a} as x, ${b)} as y, ${c} as z')).toEqual(['c']);
  });

  it('an expression inside quotes', () => {
    expect(problems('select \'a ${x} b\', "${y}"')).toEqual([
      'template/quoted-expression 1:11 A ${…} cannot stand inside a quoted string.',
      'template/quoted-expression 1:21 A ${…} cannot stand inside a quoted identifier.',
    ]);
  });
});
