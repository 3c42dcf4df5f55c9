import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { describeConnector } from './connector-conformance.js';
import { fileConnector } from './file.js';

const types = { id: 'BIGINT', s: 'VARCHAR' };
const rows = [
  { id: 1n, s: 'a' },
  { id: 2n, s: null },
];
const arrow = (...ids: bigint[]) =>
  tableToIPC(tableFromArrays({ id: BigInt64Array.from(ids), s: ids.map((id) => (id === 1n ? 'a' : null)) }));

describeConnector(
  fileConnector,
  [
    {
      title: 'CSV',
      options: { path: '*.csv' },
      setUp: (bench) => bench.write('a.csv', 'id,s\n1,a\n2,\n'),
      change: (bench) => bench.write('b.csv', 'id,s\n3,\n'),
      types,
      rows,
    },
    {
      title: 'CSV with quarantine',
      options: { path: 'a.csv', on_bad_row: 'quarantine' },
      setUp: (bench) => bench.write('a.csv', 'id,s\n1,a\n1,2,3\n2,\n'),
      change: (bench) => bench.write('a.csv', 'id,s\n1,b\n1,2,3\n2,\n'),
      types,
      rows,
    },
    {
      title: 'CSV without values in a column',
      options: { path: 'a.csv' },
      setUp: (bench) => bench.write('a.csv', 'id,s\n1,\n'),
      change: (bench) => bench.write('a.csv', 'id,s\n1,\n2,\n'),
      types,
      rows: [{ id: 1n, s: null }],
      untyped: ['s'],
    },
    {
      title: 'NDJSON',
      options: { path: 'a.ndjson' },
      setUp: (bench) => bench.write('a.ndjson', '{"id":1,"s":"a"}\n{"id":2}\n'),
      change: (bench) => bench.write('a.ndjson', '{"id":1,"s":"a"}\n{"id":3}\n'),
      types,
      rows,
    },
    {
      title: 'NDJSON with quarantine',
      options: { path: 'a.ndjson', on_bad_row: 'quarantine' },
      setUp: (bench) => bench.write('a.ndjson', '{"id":1,"s":"a"}\n{"id":\n{"id":2}\n'),
      change: (bench) => bench.write('a.ndjson', '{"id":1,"s":"a"}\n'),
      types,
      rows,
    },
    {
      title: 'Parquet',
      options: { path: 'a.parquet' },
      setUp: (bench) =>
        bench.connection.run(
          `copy (from (values (1::bigint, 'a'), (2, null)) t(id, s)) to '${bench.rootDir}/a.parquet'`,
        ),
      change: (bench) =>
        bench.connection.run(`copy (select 1::bigint as id, 'a' as s) to '${bench.rootDir}/a.parquet'`),
      types,
      rows,
    },
    {
      title: 'Arrow',
      options: { path: 'a.arrow' },
      setUp: (bench) => bench.write('a.arrow', arrow(1n, 2n)),
      change: (bench) => bench.write('a.arrow', arrow(1n, 2n, 3n)),
      types,
      rows,
    },
  ],
  { path: 'missing.csv' },
);
