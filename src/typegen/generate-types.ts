import type { Manifest, ManifestNode } from '../ir/manifest.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { NodeConfig } from '../ir/project.js';
import { requiredColumns } from '../ir/required-columns.js';
import type { Column } from '../schema/table-schema.js';
import { typescriptProperty, typescriptType } from '../schema/typescript-type.js';

export interface GenerateTypesOptions {
  /**
   * `module`: a file that exports `Database`, for an application that reads the tables with Kysely.
   * `augmentation`: a declaration file that fills in `Database` and `Vars` of 'parquetry', for the macros
   * and models of the project itself.
   */
  readonly as: 'module' | 'augmentation';
  /** The variables of etl.yml; only an augmentation holds them. */
  readonly vars?: Readonly<Record<string, PlainValue>>;
}

const banner = '// Written by `etl types` from the compiled project: changes made here are lost.';

/**
 * The TypeScript text of a Kysely `Database` with every model, seed and source table and its columns. The
 * same manifest always gives the same text.
 *
 * ```ts
 * import { Kysely } from 'kysely';
 * import type { Database } from './database.js';
 * const db = new Kysely<Database>({ dialect });
 * await db.selectFrom('orders').select(['order_id', 'amount']).execute();
 * ```
 */
export function generateTypes(manifest: Manifest, options: GenerateTypesOptions = { as: 'module' }): string {
  const nodes = [...manifest.nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (options.as === 'module') {
    const tables = nodes.map((node) => tableText(node, '  '));
    return `${[banner, 'export interface Database {', ...tables, '}'].join('\n')}\n`;
  }
  // What is known of a table that does not compile is its name, which is no further error where it is used.
  const failed = (manifest.failed ?? []).map(({ name }) => `    ${typescriptProperty(name)}: any;`);
  const vars = Object.entries(options.vars ?? {}).map(
    ([name, value]) => `    ${typescriptProperty(name)}: ${valueType(value)};`,
  );
  const lines = [
    banner,
    "import 'parquetry';",
    '',
    "declare module 'parquetry' {",
    '  interface Database {',
    ...nodes.map((node) => tableText(node, '    ')),
    ...failed,
    '  }',
    '',
    '  interface Vars {',
    ...vars,
    '  }',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** From save to save nearly all tables have the very columns and settings that they had. */
const texts = new WeakMap<
  readonly Column[],
  { readonly place: string; readonly config: NodeConfig | undefined; readonly text: string }
>();

function tableText(node: ManifestNode, indent: string): string {
  const { name, schema } = node;
  const saysNothing = node.config.columns.length === 0 && node.config.description === undefined;
  const config = saysNothing ? undefined : node.config;
  const place = `${indent}${name}`;
  const found = texts.get(schema.columns);
  if (found?.place === place && found.config === config) return found.text;
  const text = tableLines(node, indent).join('\n');
  texts.set(schema.columns, { place, config, text });
  return text;
}

function tableLines({ name, config, schema }: ManifestNode, indent: string): readonly string[] {
  const required = requiredColumns(config);
  const described = new Map(config.columns.map((column) => [column.name.toLowerCase(), column.description]));
  const columns = schema.columns.map((column) => {
    if (described.size === 0) {
      return columnText(column, column.nullable !== false, column.description, `${indent}  `);
    }
    const key = column.name.toLowerCase();
    const nullable = column.nullable !== false && !required.has(key);
    return columnText(column, nullable, column.description ?? described.get(key), `${indent}  `);
  });
  return [
    ...docLines(config.description, indent),
    `${indent}${typescriptProperty(name)}: {`,
    ...columns,
    `${indent}};`,
  ];
}

/** Columns of the same name and type come up again and again, from table to table and from save to save. */
const known = new Map<string, string>();
const mostKnown = 50_000;

function columnText(
  { name, type }: Column,
  nullable: boolean,
  description: string | undefined,
  indent: string,
): string {
  const key = `${indent}${nullable}\0${name}\0${type}\0${description ?? ''}`;
  let text = known.get(key);
  if (text === undefined) {
    text = columnLines(name, type, nullable, description, indent).join('\n');
    if (known.size < mostKnown) known.set(key, text);
  }
  return text;
}

function columnLines(
  name: string,
  type: string,
  nullable: boolean,
  description: string | undefined,
  indent: string,
): readonly string[] {
  // The SQL type tells what the text of a `string` is.
  const doc = description === undefined ? `\`${type}\`` : `${description.trim()}\n\n\`${type}\``;
  return [
    ...docLines(doc, indent),
    `${indent}${typescriptProperty(name)}: ${typescriptType(type, nullable)};`,
  ];
}

function docLines(text: string | undefined, indent: string): readonly string[] {
  if (text === undefined) return [];
  // Nearly all are one line, and a project has many.
  if (!/[\r\n\u2028\u2029]|\*\/|^\s|\s$|^$/.test(text)) return [`${indent}/** ${text} */`];
  const lines = text
    .trim()
    .replaceAll('*/', '*\\/')
    .split(/\r?\n|[\u2028\u2029]/);
  if (lines[0] === '') return [];
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}

function valueType(value: PlainValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const items = [...new Set(value.map(valueType))];
    // What an empty list will hold one day, nobody knows: it may stand wherever a list may.
    return `readonly (${items.length === 0 ? 'any' : items.join(' | ')})[]`;
  }
  if (typeof value !== 'object') return typeof value;
  const entries = Object.entries(value).map(
    ([key, item]) => `${typescriptProperty(key)}: ${valueType(item)}`,
  );
  return entries.length === 0 ? 'Record<string, never>' : `{ readonly ${entries.join('; readonly ')} }`;
}
