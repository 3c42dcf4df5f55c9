import { expect, test } from 'vitest';
import { hiveValue, publishedFolder, publishedPath } from './hive-path.js';

test('folders are the tables’ names where those are safe', () => {
  expect(publishedFolder('daily_sales')).toBe('daily_sales');
  expect(publishedFolder('dimCustomer')).toBe('dimCustomer');
  expect(publishedFolder('shop.orders')).toBe('shop.orders');
  expect(publishedFolder('_ETL')).toBe('_%45%54%4C');
  expect(publishedFolder('größe')).toBe('gr%C3%B6%C3%9Fe');
});

test.each([
  ['VARCHAR', 'DE', 'DE'],
  ['VARCHAR', '2024-05', '2024-05'],
  ['VARCHAR', '2024', '%32024'],
  ['VARCHAR', '2024-05-01', '%32024-05-01'],
  ['VARCHAR', '0x1F', '%30x1F'],
  ['VARCHAR', 'null', '%6Eull'],
  ['VARCHAR', '__HIVE_DEFAULT_PARTITION__', '%5F_HIVE_DEFAULT_PARTITION__'],
  ['VARCHAR', 'a/b=c d', 'a%2Fb%3Dc%20d'],
  ['VARCHAR', '😀', '%F0%9F%98%80'],
  ['VARCHAR', '', ''],
  ['VARCHAR', null, '__HIVE_DEFAULT_PARTITION__'],
  ['INTEGER', '2024', '2024'],
  ['DATE', '2024-05-01', '2024-05-01'],
  ['TIMESTAMP', '2024-05-01 10:00:00.5', '2024-05-01 10:00:00.5'],
  ['TIMESTAMP_NS', '2024-05-01 10:00:00.000000001', '2024-05-01%2010%3A00%3A00.000000001'],
  ['JSON', 'null', '%6Eull'],
  ['JSON', '-0', '%2D0'],
  ['VARIANT', '1', '%31'],
  ['DECIMAL(9,0)', '-1', '-1'],
  ['DOUBLE', '-inf', '%2Dinf'],
  ['TIMESTAMP WITH TIME ZONE', '2024-05-01 10:00:00+02', '2024-05-01%2010%3A00%3A00%2B02'],
])('%s %j is %s', (type, value, folder) => {
  expect(hiveValue(value, type)).toBe(folder);
});

test('a path has the partition columns in their order', () => {
  const schema = {
    columns: [
      { name: 'd', type: 'DATE' },
      { name: 'my col', type: 'VARCHAR' },
    ],
  };
  expect(publishedPath('t', schema, ['my col', 'd'], { d: '2024-05-01', 'my col': null })).toBe(
    't/my col=__HIVE_DEFAULT_PARTITION__/d=2024-05-01/data.parquet',
  );
  expect(publishedPath('t', schema, [], {})).toBe('t/data.parquet');
});
