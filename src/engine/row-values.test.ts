import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';

const { connection } = await connectionOfFile({ threads: 1 });

/** Values whose text is easily another than DuckDB's own. */
const values: Readonly<Record<string, readonly string[]>> = {
  VARCHAR: ['', '\ufeffa', '\ufeff', '\ufeffa text that is longer than a slot', 'e\u0301', 'a\u2028b'],
  BLOB: ['', 'abc', '\\x00\\xFF', '\\x5Cx41', '\\x22\\x27\\x0A'],
  BIT: ['0', '000000001'],
  UUID: ['80000000-0000-0000-0000-000000000000'],
  DATE: ['infinity', '-infinity', '0044-03-15 (BC)', '0001-12-31 (BC)', '0001-01-01', '5881580-07-10'],
  TIME: ['24:00:00', '00:00:00.1'],
  TIME_NS: ['24:00:00', '23:59:59.999999999'],
  TIMETZ: ['24:00:00-05', '10:00:00-00:30:01', '00:00:00+15:59:59'],
  TIMESTAMP: [
    'infinity',
    '-infinity',
    '0001-01-01 (BC) 00:00:00',
    '1969-12-31 23:59:59.999999',
    '294247-01-10 04:00:54',
  ],
  TIMESTAMP_S: ['infinity', '-infinity', '0001-01-01 (BC) 00:00:00'],
  TIMESTAMP_MS: ['infinity', '-infinity', '1969-12-31 23:59:59.999'],
  TIMESTAMP_NS: ['infinity', '-infinity', '1969-12-31 23:59:59.999999999'],
  TIMESTAMPTZ: ['infinity', '-infinity', '0001-01-01 (BC) 00:00:00+00', '2024-01-01 00:00:00+05:45'],
  'DECIMAL(9,3)': ['0.000', '-0.001', '1.100'],
  "ENUM('b', 'a''', '')": ["a'", ''],
  JSON: ['null', ' {"b":1.0, "a":1e400}'],
};

test.each(Object.keys(values))('%s has the text that DuckDB writes', async (type) => {
  const list = values[type]!.map((text) => `('${text.replaceAll("'", "''")}')`).join(', ');
  const found = await connection.rows(
    `select v, cast(v as varchar) as t, [v] as l, {f: v} as s, length(t) as n
     from (select cast(t as ${type}) as v from (values ${list}) as given(t))`,
  );
  for (const { v, t, l, s, n } of found) {
    expect({ v, l, s, n: BigInt((t as string).length) }).toEqual({ v: t, l: [t], s: { f: t }, n });
  }
});
