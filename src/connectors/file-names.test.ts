import { expect, test } from 'vitest';
import { connectorTestBench } from './connector-test-bench.js';
import { fileConnector } from './file.js';

const bench = connectorTestBench(fileConnector);

/** Names that are patterns, each beside a name that it matches. */
const names = [
  'br[a]',
  'bra',
  'st*r',
  'star',
  'q?',
  'qq',
  'n[!a]',
  'nb',
  'f[x]/1',
  'fx/1',
  '[]',
  'a]b',
  '{a,b}',
];

const contents: Readonly<Record<string, (id: number) => string>> = {
  csv: (id) => `id\n${id}\n`,
  ndjson: (id) => `{"id":${id}}\n`,
  json: (id) => `[{"id":${id}}]\n`,
};

test.each(Object.keys(contents))('a %s file is itself, whatever characters its name has', async (ending) => {
  for (const [id, name] of names.entries()) await bench.write(`d/${name}.${ending}`, contents[ending]!(id));
  for (const [id, name] of names.entries()) {
    const filename = `d/${name}.${ending}`;
    const { rows } = await bench.land({ path: filename, filename: true });
    expect(rows).toEqual([{ id: BigInt(id), filename }]);
  }
  const { rows } = await bench.land({ path: `d/**/*.${ending}` });
  expect(rows.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual([...names.keys()]);
});

test('so is a Parquet file', async () => {
  const copy = (n: number, path: string) =>
    bench.connection.run(`copy (select ${n} as id) to '${bench.rootDir}/${path}' (format parquet)`);
  await bench.write('d/keep', '');
  await copy(1, 'd/x[y].parquet');
  await copy(2, 'd/xy.parquet');
  expect((await bench.land({ path: 'd/x[y].parquet' })).rows).toEqual([{ id: 1 }]);
  expect((await bench.land({ path: 'd/*.parquet' })).rows).toEqual([{ id: 1 }, { id: 2 }]);
});

test('and a row that is put aside is told of by its file', async () => {
  await bench.write('d/b[a].csv', 'id,v\n1,2\n3\n');
  await bench.write('d/ba.csv', 'id,v\n5,6\n');
  const { rows, rejected } = await bench.land({ path: 'd/b[a].csv', on_bad_row: 'quarantine' });
  expect(rows).toEqual([{ id: 1n, v: 2n }]);
  expect(rejected).toMatchObject([{ file: 'd/b[a].csv', line: 3n }]);
});
