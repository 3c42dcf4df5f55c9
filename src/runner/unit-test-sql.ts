import type { Manifest, ManifestNode, ManifestTest } from '../ir/manifest.js';
import type { UnitTestRow } from '../ir/unit-test.js';
import { unitTestValueSql } from '../ir/unit-test-value.js';
import type { Column } from '../schema/table-schema.js';
import { own } from '../util/own.js';
import { quoteIdentifier, quoteRelation, quoteString } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';

/** What a unit test runs, in this order, in a database of its own. */
export interface UnitTestSql {
  /** The tables that the model reads, SQL macros, ephemeral models, and what is expected. */
  readonly setup: readonly string[];
  /** Makes the table of `actualRows`. */
  readonly actual: string;
  /** The columns that are compared, as the model orders them; undefined for all that its query returns. */
  readonly compared: readonly Column[] | undefined;
}

// No model has a space in its name.
const expected = quoteIdentifier('expected rows');
export const actualRows = 'actual rows';
const actual = quoteIdentifier(actualRows);

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
  const named = node.schema.columns.filter(({ name }) =>
    unit!.expect.some((row) => own(row, name) !== undefined),
  );
  return {
    setup: [
      ...tables.map((table) => {
        const rows = givenOf.get(table.name)?.rows ?? [];
        return `${createSchema(table.name)}${createTable(quoteRelation(table.name), table, rows)}`;
      }),
      ...manifest.sqlMacros.filter((macro) => used.has(macro.name)).map(({ sql }) => sql),
      ...ephemerals.map((each) => `create view ${quoteRelation(each.name)} as\n${sqlOf(each)}`),
      createTable(expected, node, unit!.expect),
    ],
    actual: `create table ${actual} as\nfrom (${withoutEnd(sqlOf(node))}\n)`,
    compared: named.length === 0 ? undefined : named,
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
    const cells = schema.columns.map((column) =>
      unitTestValueSql(own(row, column.name) ?? null, column.type),
    );
    return `(${cells.join(', ')})`;
  });
  const insert = values.length === 0 ? '' : `;\ninsert into ${name} values\n${values.join(',\n')}`;
  return `create table ${name} (${columns.join(', ')})${insert}`;
}

/** A SELECT of the rows that are missing, and of those that are not expected. */
export function differencesSql(columns: readonly Column[]): string {
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

/** As the model's table holds it. Numbers that were computed in another order differ in their last digits. */
function comparable({ name, type }: Column): string {
  const column = quoteIdentifier(name);
  const stored = `cast(${column} as ${type})`;
  if (type !== 'DOUBLE' && type !== 'FLOAT') return `${stored} as ${column}`;
  const digits = type === 'DOUBLE' ? 12 : 6;
  return `cast(printf('%.${digits}g', ${stored}) as ${type}) as ${column}`;
}
