// Makes the tables of a wholesale supplier, shaped like TPC-H's, with DuckDB alone: random but repeatable.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A number from 0 to `range` - 1 that depends on the row and a salt alone.
 * @param {string} row @param {number} salt @param {number} range
 */
const pick = (row, salt, range) => `(hash(${row}, ${salt}) % ${range})::bigint`;
/** @param {string} row @param {number} salt @param {readonly string[]} words */
const oneOf = (row, salt, words) =>
  `['${words.join("','")}'][(hash(${row}, ${salt}) % ${words.length})::int + 1]`;
/** @param {string} row @param {number} salt @param {number} length */
const text = (row, salt, length) =>
  `left(${Array.from({ length: Math.ceil(length / 32) }, (_, i) => `md5((${row} + ${salt + i})::varchar)`).join(' || ')}, ${length})`;
/** @param {string} row @param {number} salt @param {number} max */
const money = (row, salt, max) => `(${pick(row, salt, max * 100)} / 100)::decimal(15,2)`;
/** @param {string} row @param {number} salt @param {string} from @param {number} days */
const day = (row, salt, from, days) => `(date '${from}' + ${pick(row, salt, days)}::int)`;

const regions = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'];
const segments = ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'];
const priorities = ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'];
const modes = ['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'];
const instructions = ['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN'];
const containers = ['JUMBO BOX', 'LG CASE', 'MED BAG', 'SM PKG', 'WRAP JAR'];
const materials = ['BRASS', 'COPPER', 'NICKEL', 'STEEL', 'TIN'];

/**
 * The SELECT of each table. `scale` 1 gives 1.5 million orders.
 * @param {number} scale
 * @returns {Record<string, string>}
 */
export function tables(scale) {
  /** @param {number} n */
  const count = (n) => Math.round(n * scale);
  const [suppliers = 0, parts = 0, customers = 0, orders = 0] = [10_000, 200_000, 150_000, 1_500_000].map(
    count,
  );
  return {
    region: `select i as r_regionkey, ['${regions.join("','")}'][i + 1] as r_name from range(5) t(i)`,
    nation: `select i as n_nationkey, 'NATION ' || i as n_name, i % 5 as n_regionkey from range(25) t(i)`,
    supplier: `select i as s_suppkey, 'Supplier#' || i as s_name, ${pick('i', 1, 25)} as s_nationkey,
        ${money('i', 2, 10_000)} as s_acctbal, ${text('i', 3, 60)} as s_comment from range(${suppliers}) t(i)`,
    customer: `select i as c_custkey, 'Customer#' || i as c_name, ${pick('i', 11, 25)} as c_nationkey,
        (10 + ${pick('i', 12, 25)}) || '-' || (1000000 + ${pick('i', 13, 9_000_000)}) as c_phone,
        ${money('i', 14, 10_000)} as c_acctbal, ${oneOf('i', 15, segments)} as c_mktsegment,
        ${text('i', 16, 72)} as c_comment from range(${customers}) t(i)`,
    part: `select i as p_partkey, 'part ' || ${text('i', 21, 24)} as p_name, 'Brand#' || (11 + ${pick('i', 22, 45)}) as p_brand,
        ${oneOf('i', 23, ['STANDARD', 'SMALL', 'LARGE', 'PROMO'])} || ' ' || ${oneOf('i', 24, materials)} as p_type,
        1 + ${pick('i', 25, 50)} as p_size, ${oneOf('i', 26, containers)} as p_container,
        (900 + i % 1100)::decimal(15,2) as p_retailprice from range(${parts}) t(i)`,
    partsupp: `select p as ps_partkey, (p * 4 + s * 2503) % ${suppliers} as ps_suppkey, ${pick('p * 4 + s', 31, 10_000)} as ps_availqty,
        ${money('p * 4 + s', 32, 1000)} as ps_supplycost, ${text('p * 4 + s', 33, 96)} as ps_comment
        from range(${parts}) t(p), range(4) u(s)`,
    orders: `select i as o_orderkey, ${pick('i', 41, customers)} as o_custkey, ${oneOf('i', 42, ['F', 'O', 'P'])} as o_orderstatus,
        ${money('i', 43, 400_000)} as o_totalprice, ${day('i', 44, '1992-01-01', 2406)} as o_orderdate,
        ${oneOf('i', 45, priorities)} as o_orderpriority, ${text('i', 46, 64)} as o_comment from range(${orders}) t(i)`,
    lineitem: `select o as l_orderkey, n + 1 as l_linenumber, ${pick('o * 8 + n', 51, parts)} as l_partkey,
        ${pick('o * 8 + n', 52, suppliers)} as l_suppkey, (1 + ${pick('o * 8 + n', 53, 50)})::decimal(15,2) as l_quantity,
        ${money('o * 8 + n', 54, 100_000)} as l_extendedprice, (${pick('o * 8 + n', 55, 11)} / 100)::decimal(15,2) as l_discount,
        (${pick('o * 8 + n', 56, 9)} / 100)::decimal(15,2) as l_tax, ${oneOf('o * 8 + n', 57, ['A', 'N', 'R'])} as l_returnflag,
        ${oneOf('o * 8 + n', 58, ['F', 'O'])} as l_linestatus,
        ${day('o', 44, '1992-01-01', 2406)} + (1 + ${pick('o * 8 + n', 59, 121)})::int as l_shipdate,
        ${day('o', 44, '1992-01-01', 2406)} + (30 + ${pick('o * 8 + n', 60, 61)})::int as l_commitdate,
        ${day('o', 44, '1992-01-01', 2406)} + (2 + ${pick('o * 8 + n', 61, 150)})::int as l_receiptdate,
        ${oneOf('o * 8 + n', 62, instructions)} as l_shipinstruct, ${oneOf('o * 8 + n', 63, modes)} as l_shipmode,
        ${text('o * 8 + n', 64, 144)} as l_comment
        from range(${orders}) t(o), range(7) u(n) where n <= ${pick('o', 50, 7)}`,
  };
}

/**
 * Writes every table as Parquet, unless it is there. Returns all bytes together.
 * @param {import('@duckdb/node-api').DuckDBConnection} connection @param {string} folder @param {number} scale
 */
export async function generate(connection, folder, scale) {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (const [name, sql] of Object.entries(tables(scale))) {
    const path = join(folder, `${name}.parquet`);
    if (!existsSync(path))
      await connection.run(`copy (${sql}) to '${path}' (format parquet, compression snappy)`);
    bytes += statSync(path).size;
  }
  return bytes;
}
