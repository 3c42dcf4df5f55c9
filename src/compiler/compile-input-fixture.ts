import { nodeConfig } from '../../test/support/node-config.js';
import { LineIndex } from '../diagnostics/span.js';
import type { ExpandedModel } from '../ir/expanded-model.js';
import type { ModelFile, NodeConfig, Project, TestFile, TextFile } from '../ir/project.js';
import type { TableSchema } from '../schema/table-schema.js';
import { hash } from '../util/hash.js';
import type { CompileInput } from './compile-input.js';

/** A project for tests, made of SQL by model name. */
export interface ProjectParts {
  readonly models?: Readonly<Record<string, string>>;
  readonly configs?: Readonly<Record<string, Partial<NodeConfig>>>;
  readonly tests?: Readonly<Record<string, string>>;
  /** Text by path. */
  readonly sqlMacros?: Readonly<Record<string, string>>;
  readonly macros?: Readonly<Record<string, string>>;
  /** Columns (`id INTEGER, name VARCHAR`) by `source.table`. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly seeds?: Readonly<Record<string, string>>;
  readonly init?: string;
  /** Models and tests that did not expand, by name. */
  readonly unexpanded?: readonly string[];
}

/** Everything that `compile` takes but the engine; `${…}` in a model is no expression here. */
export function compileInput(parts: ProjectParts): Omit<CompileInput, 'openEngine'> {
  const configOf = (name: string) => nodeConfig(parts.configs?.[name]);
  const file = (path: string, text: string): TextFile => ({ path, text, hash: hash(text) });
  const entries = (record: Readonly<Record<string, string>> = {}) => Object.entries(record);
  const models: readonly ModelFile[] = entries(parts.models).map(([name, text]) => ({
    ...file(`models/${name}.sql`, text),
    name,
    language: 'sql',
    bodyOffset: 0,
    config: configOf(name),
    configSpans: {},
  }));
  const tests: readonly TestFile[] = entries(parts.tests).map(([name, text]) => ({
    ...file(`tests/${name}.sql`, text),
    name,
    bodyOffset: 0,
    tags: [],
    severity: 'error',
  }));
  const project: Project = {
    name: 'test',
    rootDir: '/nowhere',
    target: { name: 'dev', lake: '/nowhere/lake' },
    targetNames: ['dev'],
    vars: {},
    secretVars: {},
    engine: { ...(parts.init !== undefined && { init: parts.init }) },
    sources: entries(parts.sources).map(([name]) => {
      const [source = '', table = ''] = name.split('.');
      const span = new LineIndex('').span('sources.yml', 0);
      return {
        source,
        table,
        name,
        connector: 'file',
        options: {},
        columnTypes: {},
        config: configOf(name),
        span,
        configSpans: {},
      };
    }),
    seeds: entries(parts.seeds).map(([name]) => ({
      ...file(`seeds/${name}.csv`, ''),
      name,
      config: configOf(name),
      columnTypes: {},
      configSpans: {},
    })),
    models,
    tests,
    unitTests: [],
    macros: entries(parts.macros).map(([path, text]) => file(path, text)),
    sqlMacros: entries(parts.sqlMacros).map(([path, text]) => file(path, text)),
  };
  const isExpanded = ({ name }: { readonly name: string }) => !parts.unexpanded?.includes(name);
  return {
    project,
    expanded: models.filter((model) => isExpanded(model) && model.config.enabled).map(verbatim),
    expandedTests: tests.filter(isExpanded).map(verbatim),
    sourceSchemas: new Map(entries(parts.sources).map(([name, columns]) => [name, schema(columns)])),
    seedSchemas: new Map(entries(parts.seeds).map(([name, columns]) => [name, schema(columns)])),
    storesRows: (materialized) => materialized !== 'view' && materialized !== 'ephemeral',
    connectionCount: 2,
  };
}

function verbatim({ name, path, text }: TextFile & { readonly name: string }): ExpandedModel {
  const offsets = { outStart: 0, outEnd: text.length, sourceStart: 0, sourceEnd: text.length };
  return { name, path, sql: text, segments: [{ kind: 'text', ...offsets }], refs: [] };
}

/** `id INTEGER, name VARCHAR` as a schema; types without commas only. */
function schema(columns: string): TableSchema {
  return {
    columns: columns.split(',').map((column) => {
      const [name = '', ...type] = column.trim().split(' ');
      return { name, type: type.join(' ') };
    }),
  };
}
