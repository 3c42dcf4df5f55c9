import { expect, it } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { type RowFormat, rowFormats } from './row-formats.js';

const style = { color: false, unicode: true, width: 100 };
const { connection } = await connectionOfFile({ threads: 1 });

async function write(format: RowFormat, sql: string): Promise<string> {
  let text = '';
  for await (const piece of rowFormats[format](await connection.stream(sql), style)) text += piece;
  return text;
}

const everything = `select * from (values
  (9007199254740993::bigint, 170141183460469231731687303715884105727::hugeint, 12345678901234567890.10::decimal(38,2),
   0.1::float, 3.0::double, true, 'a "quoted", text', date '2024-02-29', timestamp '2024-01-01 10:00:00.5',
   [1, null]::bigint[], {'a': 9007199254740993, 'b c': 'x'}, map {'k': 1.50}, '{"big": 9007199254740993}'::json,
   interval '14 months 3 days 04:05:06.7', '\\xAA'::blob, 'a'::enum('a', 'b')),
  (null, null, null, 'nan', '-inf', null, '', null, null, [], null, map {}, null, interval '0 days', null, null)
) t(big, huge, dec, flt, dbl, flag, txt, day, ts, list, struct, map, js, span, bytes, choice)`;

it('writes every digit as JSON', async () => {
  expect(await write('ndjson', everything)).toMatchInlineSnapshot(`
    "{"big":9007199254740993,"huge":170141183460469231731687303715884105727,"dec":12345678901234567890.10,"flt":0.1,"dbl":3,"flag":true,"txt":"a \\"quoted\\", text","day":"2024-02-29","ts":"2024-01-01 10:00:00.5","list":[1,null],"struct":{"a":9007199254740993,"b c":"x"},"map":{"k":1.50},"js":{"big": 9007199254740993},"span":"1 year 2 months 3 days 04:05:06.700000","bytes":"\\\\xAA","choice":"a"}
    {"big":null,"huge":null,"dec":null,"flt":"NaN","dbl":"-Infinity","flag":null,"txt":"","day":null,"ts":null,"list":[],"struct":null,"map":{},"js":null,"span":"00:00:00","bytes":null,"choice":null}
    "
  `);
});

it('writes CSV that tells NULL from empty text', async () => {
  expect(await write('csv', everything)).toMatchInlineSnapshot(`
    "big,huge,dec,flt,dbl,flag,txt,day,ts,list,struct,map,js,span,bytes,choice
    9007199254740993,170141183460469231731687303715884105727,12345678901234567890.10,0.1,3.0,true,"a ""quoted"", text",2024-02-29,2024-01-01 10:00:00.5,"[1,null]","{""a"":9007199254740993,""b c"":""x""}","{""k"":1.50}","{""big"": 9007199254740993}",1 year 2 months 3 days 04:05:06.700000,\\xAA,a
    ,,,NaN,-Infinity,,"",,,[],,{},,00:00:00,,
    "
  `);
});

it('writes the dates that never come', async () => {
  const sql = `select date 'infinity' as d, [date '-infinity', date '5881580-07-10'] as l`;
  expect(await write('ndjson', sql)).toBe('{"d":"infinity","l":["-infinity","5881580-07-10"]}\n');
  expect(await write('csv', sql)).toBe('d,l\ninfinity,"[""-infinity"",""5881580-07-10""]"\n');
});

it('writes JSON inside of other values, and the sign of a zero, as they are', async () => {
  const sql = `select ['{"a": 1.0}'::json, 'null', null] as l, {j: '[1 ]'::json} as s, ['-0'::double, '-0'::float] as z`;
  expect(await write('ndjson', sql)).toBe('{"l":[{"a": 1.0},null,null],"s":{"j":[1 ]},"z":[-0.0,-0.0]}\n');
  expect(await write('csv', sql)).toBe('l,s,z\n"[{""a"": 1.0},null,null]","{""j"":[1 ]}","[-0.0,-0.0]"\n');
});

it('keeps all fields of a struct without names', async () => {
  const rows = "select row('a', 'b') as l, [row(1, row(2, {'x': 3})), null] as n, map {'k': row(4)} as m";
  expect(await write('ndjson', rows)).toBe('{"l":["a","b"],"n":[[1,[2,{"x":3}]],null],"m":{"k":[4]}}\n');
  const cells = (await write('table', rows)).split('\n')[4]?.split(/ *│ */).slice(1, -1);
  expect(cells).toEqual(['(a, b)', "[(1, (2, {'x': 3})), NULL]", '{k=(4)}']);
});

it('writes an array of objects', async () => {
  expect(await write('json', 'from range(2) t(n)')).toBe('[\n  {"n":0},\n  {"n":1}\n]\n');
  expect(await write('json', 'select 1 as n where false')).toBe('[]\n');
});

it('writes a table', async () => {
  expect(
    await write('table', everything.replace('select *', 'select flt, dbl, list, struct, map, span')),
  ).toMatchInlineSnapshot(`
    "┌───────┬───────────┬───────────┬───────────────────────┬──────────────────┬───────────────────────┐
    │   flt │       dbl │ list      │ struct                │ map              │ span                  │
    │ float │    double │ bigint[]  │ struct(a bigint, "b … │ map(varchar, de… │ interval              │
    ├───────┼───────────┼───────────┼───────────────────────┼──────────────────┼───────────────────────┤
    │   0.1 │       3.0 │ [1, NULL] │ {'a': 90071992547409… │ {k=1.50}         │ 1 year 2 months 3 da… │
    │   NaN │ -Infinity │ []        │ NULL                  │ {}               │ 00:00:00              │
    └───────┴───────────┴───────────┴───────────────────────┴──────────────────┴───────────────────────┘
    2 rows
    "
  `);
});

it('keeps the first and the last twenty rows', async () => {
  const lines = (await write('table', 'from range(100000) t(n)')).split('\n');
  expect([lines[4], lines[23], lines[24], lines[25], lines[44], lines[46]]).toEqual([
    '│      0 │',
    '│     19 │',
    '│   ·    │',
    '│  99980 │',
    '│  99999 │',
    '100,000 rows (40 shown)',
  ]);
  expect((await write('table', 'from range(40) t(n)')).split('\n')).toHaveLength(47);
  expect((await write('table', 'from range(41) t(n)')).split('\n')).toHaveLength(48);
});
