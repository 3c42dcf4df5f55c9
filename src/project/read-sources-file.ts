import * as z from 'zod';
import { type Diagnostic, errorDiagnostic, hasErrors } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { NodeConfig, SourceTable, TextFile } from '../ir/project.js';
import type { Connector } from '../ports/connector.js';
import { hintAmong } from '../util/hint-among.js';
import { interpolate } from './interpolate.js';
import { checkName, NameRegistry } from './names.js';
import { columnTypesOf, spansOf, toNodeConfig } from './node-config.js';
import { orEmptyMap, type ReadContext } from './read-context.js';
import { wholeFile } from './read-text.js';
import { partialSourceSchema, sourceSchema, sourceTableSchema } from './source-schema.js';
import { type ValidateOptions, validate } from './validate.js';
import { readYaml, type YamlFile } from './yaml-file.js';
import { entriesOf, entryOf, type YamlEntry, type YamlMap, type YamlNode } from './yaml-node.js';

/** What reading needs to know of a connector. */
export type ConnectorSchemas = Pick<Connector, 'name' | 'sourceOptions' | 'tableOptions'>;

type Options = Readonly<Record<string, PlainValue>>;

const fileSchema = z.strictObject({ sources: z.record(z.string(), z.unknown()).optional() });

/** What the file came to beside the same targets, for a process that reads a project again and again. */
const known = new WeakMap<TextFile, { readonly key: string; readonly tables: readonly SourceTable[] }>();

/** Reads `sources.yml`: every table of every source, with the options of its connector. */
export async function readSourcesFile(
  text: TextFile,
  connectors: readonly ConnectorSchemas[],
  targetNames: readonly string[],
  context: ReadContext,
): Promise<readonly SourceTable[]> {
  const key = JSON.stringify(targetNames);
  const before = known.get(text);
  if (before?.key === key) return before.tables;
  const count = context.diagnostics.length;
  const tables = await readTables(text, connectors, targetNames, context);
  // What is filled in, and what is wrong, is said anew each time.
  if (context.diagnostics.length === count && !text.text.includes('${')) known.set(text, { key, tables });
  return tables;
}

async function readTables(
  text: TextFile,
  connectors: readonly ConnectorSchemas[],
  targetNames: readonly string[],
  context: ReadContext,
): Promise<readonly SourceTable[]> {
  const file = await readYaml(wholeFile(text), context.memo, context.diagnostics);
  const root = orEmptyMap(file.root);
  validate(fileSchema, root, file, { what: text.path }, context.diagnostics);
  const names = new NameRegistry();
  return entriesOf(entryOf(root, 'sources')?.value).flatMap((entry) => {
    const span = file.keySpan(entry);
    const isUsable = checkName('Source', entry.key, span, context.diagnostics);
    const isNew = names.take({ name: entry.key, span, what: 'source' }, context.diagnostics);
    const target = targetNames.find((name) => name.toLowerCase() === entry.key.toLowerCase());
    if (target !== undefined) context.diagnostics.push(sameAsTarget(entry.key, target, span));
    return isUsable && isNew ? new SourceReader(entry, file, connectors, context).tables() : [];
  });
}

/** DuckDB names a database by its file, and takes `prod.orders` for a table of either. */
function sameAsTarget(source: string, target: string, span: Span): Diagnostic {
  const message = `Source "${source}" has the name of a target, so ${source}.… could mean two things in .etl/${target}.duckdb.`;
  return errorDiagnostic('project/invalid-name', message, { span, hint: 'rename the source or the target' });
}

class SourceReader {
  readonly #connector: ConnectorSchemas | undefined;
  readonly #common: z.infer<typeof partialSourceSchema> | undefined;
  /** Options that this source gives, as far as they are right: for itself and as defaults of its tables. */
  readonly #own: { readonly options: Options; readonly tree: YamlMap };
  readonly #node: YamlNode;
  readonly #isBroken: boolean;

  constructor(
    private readonly entry: YamlEntry,
    private readonly file: YamlFile,
    private readonly connectors: readonly ConnectorSchemas[],
    private readonly context: ReadContext,
  ) {
    const before = context.diagnostics.length;
    const scope = { env: context.env, vars: context.vars, owner: `Source "${entry.key}"` };
    this.#node = interpolate(orEmptyMap(entry.value), file, scope, context.diagnostics);
    const [common, rest] = split(this.#node, sourceSchema.shape);
    const place = this.#place([], entry);
    this.#common = (
      validate(sourceSchema, common, file, place, context.diagnostics) ??
      validate(partialSourceSchema, common, file, place, [])
    )?.value;
    this.#connector = this.#findConnector();
    this.#own = this.#readOptions(this.#connector?.sourceOptions, rest, common, sourceSchema.shape, place);
    this.#isBroken = hasErrors(context.diagnostics.slice(before));
  }

  tables(): readonly SourceTable[] {
    const names = new NameRegistry();
    return entriesOf(entryOf(this.#node, 'tables')?.value).flatMap((entry) => {
      const span = this.file.keySpan(entry);
      const isUsable = checkName('Table', entry.key, span, this.context.diagnostics);
      const isNew = names.take({ name: entry.key, span, what: 'table' }, this.context.diagnostics);
      return isUsable && isNew ? this.#table(entry) : [];
    });
  }

  #table(entry: YamlEntry): SourceTable {
    const { diagnostics } = this.context;
    const before = diagnostics.length;
    const place = this.#place(['tables', entry.key], entry);
    const [common, rest] = split(orEmptyMap(entry.value), sourceTableSchema.shape);
    const valid = validate(sourceTableSchema, common, this.file, place, diagnostics);
    const schema = this.#connector?.tableOptions;
    const inherited = this.#own.tree.entries.filter(
      ({ key }) => schema && Object.hasOwn(schema.shape, key) && !entryOf(rest, key),
    );
    const written = rest.kind === 'map' ? { ...rest, entries: [...rest.entries, ...inherited] } : rest;
    const { options } = this.#readOptions(schema, written, common, sourceTableSchema.shape, place);
    const {
      cursor,
      primary_key,
      on_schema_change = this.#common?.on_schema_change,
      ...described
    } = valid?.value ?? {};
    const config = toNodeConfig(described, valid?.tree, this.file, this.#defaults(), 'source', diagnostics);
    const landing = {
      ...(cursor !== undefined && { cursor }),
      ...(primary_key !== undefined && { primary_key }),
      ...(on_schema_change !== undefined && { on_schema_change }),
    };
    const source = this.entry.key;
    return {
      source,
      table: entry.key,
      name: `${source}.${entry.key}`,
      connector: this.#common?.connector ?? '',
      options: { ...omit(this.#own.options, schema?.shape ?? {}), ...options },
      config: { ...config, options: { ...config.options, ...landing } } satisfies NodeConfig,
      columnTypes: columnTypesOf(described.columns),
      ...((this.#isBroken || hasErrors(diagnostics.slice(before))) && { isBroken: true }),
      span: this.file.keySpan(entry),
      configSpans: spansOf(entry.value, this.file, config.columns),
    };
  }

  #findConnector(): ConnectorSchemas | undefined {
    const name = this.#common?.connector;
    const entry = entryOf(this.#node, 'connector');
    const found = this.connectors.find((connector) => connector.name === name);
    if (found || name === undefined || !entry) return found;
    const names = this.connectors.map((connector) => connector.name);
    const isSecret = entry.value.kind === 'scalar' && entry.value.secret;
    const message = isSecret
      ? 'What the environment gives is no connector.'
      : `There is no connector "${name}".`;
    this.context.diagnostics.push(
      errorDiagnostic('project/unknown-connector', message, {
        span: this.file.span(entry.value),
        ...(isSecret ? {} : hintAmong(name, names)),
      }),
    );
    return undefined;
  }

  /** A connector's own keys. Common keys that its schema has too (such as `columns`) are handed on to it. */
  #readOptions(
    schema: z.ZodObject | undefined,
    rest: YamlNode,
    common: YamlNode,
    commonShape: object,
    place: ValidateOptions,
  ): { readonly options: Options; readonly tree: YamlMap } {
    const nothing = {
      options: {},
      tree: { kind: 'map', entries: [], start: rest.start, end: rest.end },
    } as const;
    if (!schema || rest.kind !== 'map') return nothing;
    const shared = entriesOf(common)
      .filter(({ key }) => Object.hasOwn(schema.shape, key))
      .map((entry) => (entry.key === 'columns' ? { ...entry, value: onlyTypes(entry.value) } : entry));
    const tree = { ...rest, entries: [...rest.entries, ...shared] };
    const options = { ...place, otherKeys: Object.keys(commonShape) };
    const valid = validate(schema.strict(), tree, this.file, options, this.context.diagnostics);
    return valid ? { options: valid.value as Options, tree: valid.tree as YamlMap } : nothing;
  }

  #defaults() {
    const { tags, enabled, meta, compatibility } = this.#common ?? {};
    const values = { tags, enabled, meta, compatibility };
    return {
      values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
      spans: {},
    };
  }

  #place(path: readonly string[], entry: YamlEntry): ValidateOptions {
    const full = ['sources', this.entry.key, ...path];
    return { what: `"${full.join('.')}"`, path: full, at: this.file.keySpan(entry) };
  }
}

/** The entries whose keys are in a shape, and the others. */
function split(node: YamlNode, shape: object): readonly [YamlNode, YamlNode] {
  if (node.kind !== 'map') return [node, node];
  const isCommon = ({ key }: YamlEntry) => Object.hasOwn(shape, key);
  return [
    { ...node, entries: node.entries.filter(isCommon) },
    { ...node, entries: node.entries.filter((entry) => !isCommon(entry)) },
  ];
}

function omit(options: Options, shape: object): Options {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !Object.hasOwn(shape, key)));
}

/** `columns:` reduced to the types that it gives, by name. */
function onlyTypes(columns: YamlNode): YamlNode {
  const entries = entriesOf(columns).flatMap((entry) => {
    const type = entry.value.kind === 'map' ? entryOf(entry.value, 'type')?.value : entry.value;
    return type?.kind === 'scalar' && type.value !== null ? [{ ...entry, value: type }] : [];
  });
  return { kind: 'map', entries, start: columns.start, end: columns.end };
}
