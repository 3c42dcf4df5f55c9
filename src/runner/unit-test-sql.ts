import type { Manifest, ManifestNode, ManifestTest } from '../ir/manifest.js';
import type { GivenRows, UnitTestRow, UnitTestValue } from '../ir/unit-test.js';
import { own } from '../util/own.js';
import { quoteIdentifier, quoteRelation, quoteString } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';

/** What a unit test runs, in this order, in a database of its own. */
export interface UnitTestSql {
  /** Tables that the model reads, with the rows that are given. */
  readonly tables: readonly { readonly given?: GivenRows; readonly sql: string }[];
  /** SQL macros, and the ephemeral models that are not given. */
  readonly definitions: readonly string[];
  readonly expected: string;
  readonly actual: string;
  /** A SELECT of the rows that are missing, and of those that are not expected. */
  readonly differences: string;
}

// No model has a space in its name.
const expected = quoteIdentifier('expected rows');
const actual = quoteIdentifier('actual rows');

/** @param sqlOf the SQL of a model as this test sees it */
export function unitTestSql(
  { node: name = '', unit }: ManifestTest,
  manifest: Manifest,
  sqlOf: (node: ManifestNode) => string,
): UnitTestSql {
  const node = manifest.nodes.get(name)!;
  const givenOf = new Map(unit!.given.map((given) => [given.table, given]));
  const { tables, ephemerals } = inputsOf(node, manifest, givenOf);
  const used = new Set([node, ...ephemerals].flatMap(({ usesMacros }) => usesMacros));
  const compared = comparedColumns(node, unit!.expect.rows);
  return {
    tables: tables.map((table) => {
      const given = givenOf.get(table.name);
      const sql = `${createSchema(table.name)}${createTable(quoteRelation(table.name), table, given?.rows ?? [])}`;
      return { sql, ...(given && { given }) };
    }),
    definitions: [
      ...manifest.sqlMacros.filter((macro) => used.has(macro.name)).map(({ sql }) => sql),
      ...ephemerals.map((each) => `create view ${quoteRelation(each.name)} as\n${sqlOf(each)}`),
    ],
    expected: createTable(expected, node, unit!.expect.rows),
    actual: `create table ${actual} as ${typedColumns(node)}\nfrom (${withoutEnd(sqlOf(node))}\n)`,
    differences: differencesSql(compared),
  };
}

/** What a model reads, with what the ephemeral models among it read, inputs first; what is given is a table. */
function inputsOf(node: ManifestNode, { nodes, sqlMacros }: Manifest, given: ReadonlyMap<string, unknown>) {
  const tables = new Map<string, ManifestNode>();
  const ephemerals = new Map<string, ManifestNode>();
  const visit = (name: string): void => {
    const input = nodes.get(name);
    if (!input || tables.has(name) || ephemerals.has(name)) return;
    if (input.config.materialized !== 'ephemeral' || given.has(name)) {
      tables.set(name, input);
      return;
    }
    visitInputs(input);
    ephemerals.set(name, input);
  };
  const visitInputs = ({ inputs, usesMacros }: ManifestNode): void => {
    const read = sqlMacros.filter(({ name }) => usesMacros.includes(name)).flatMap(({ reads = [] }) => reads);
    for (const name of [...inputs, ...read]) visit(name);
  };
  visitInputs(node);
  if (given.has(node.name)) tables.set(node.name, node);
  return { tables: [...tables.values()], ephemerals: [...ephemerals.values()] };
}

function createSchema(table: string): string {
  const dot = table.indexOf('.');
  return dot < 0 ? '' : `create schema if not exists ${quoteIdentifier(table.slice(0, dot))};\n`;
}

/** @param name how SQL names it */
function createTable(name: string, { schema }: ManifestNode, rows: readonly UnitTestRow[]): string {
  const columns = schema.columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`);
  const values = rows.map((row) => {
    const cells = schema.columns.map((column) => cellSql(own(row, column.name) ?? null, column.type));
    return `(${cells.join(', ')})`;
  });
  const insert = values.length === 0 ? '' : `;\ninsert into ${name} values\n${values.join(',\n')}`;
  return `create table ${name} (${columns.join(', ')})${insert}`;
}

function cellSql(value: UnitTestValue, type: string): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `cast(${quoteString(value)} as ${type})`;
  const json = quoteString(value.json);
  return type === 'JSON' ? `cast(${json} as JSON)` : `cast(cast(${json} as JSON) as ${type})`;
}

function typedColumns({ schema }: ManifestNode): string {
  const columns = schema.columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `cast(${column} as ${type}) as ${column}`;
  });
  return `select ${columns.join(', ')}`;
}

/** Columns that an expected row names, as the model orders them; all where none does. */
function comparedColumns({ schema }: ManifestNode, rows: readonly UnitTestRow[]) {
  const named = schema.columns.filter(({ name }) => rows.some((row) => own(row, name) !== undefined));
  return named.length === 0 ? schema.columns : named;
}

function differencesSql(columns: readonly { readonly name: string; readonly type: string }[]): string {
  let sideName = 'row';
  while (columns.some(({ name }) => name.toLowerCase() === sideName)) sideName += '_';
  const side = quoteIdentifier(sideName);
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const compared = `select ${columns.map(comparable).join(', ')}`;
  const only = (these: string, those: string, what: string) =>
    `select ${quoteString(what)} as ${side}, ${names.join(', ')} from (${compared} from ${these} except all ${compared} from ${those})`;
  return `${only(expected, actual, 'missing')}
    union all ${only(actual, expected, 'not expected')}
    order by ${names.join(', ')}, ${side}`;
}

/** Numbers that were computed in another order differ in their last digits. */
function comparable({ name, type }: { readonly name: string; readonly type: string }): string {
  const column = quoteIdentifier(name);
  if (type !== 'DOUBLE' && type !== 'FLOAT') return column;
  const digits = type === 'DOUBLE' ? 12 : 6;
  return `cast(printf('%.${digits}g', ${column}) as ${type}) as ${column}`;
}
