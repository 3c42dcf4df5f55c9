import type { NodeKind } from '../ir/manifest.js';
import type { Project } from '../ir/project.js';
import { hash } from '../util/hash.js';
import { nearest } from '../util/nearest.js';
import type { TableReference } from './parsed-sql.js';

/** A reference that names a node, or why it names none. */
export type Resolution =
  | { readonly name: string }
  | {
      readonly problem: 'unknown-model' | 'unknown-source';
      readonly message: string;
      readonly hint?: string;
    };

const filePattern = /[\\/*?]|\.(csv|tsv|json|jsonl|ndjson|parquet|arrow|db|duckdb|xlsx|txt)(\.\w+)?$/i;

/** All names that SQL can use for tables, found as DuckDB finds them: whatever the case. */
export class NameTable {
  /** The same for the same names. */
  readonly key: string;
  readonly #names = new Map<string, string>();
  readonly #disabled = new Map<string, string>();
  readonly #sources = new Map<string, string>();

  /** `others` are names of enabled nodes besides those of the project's files. */
  constructor(project: Project, others: readonly string[] = []) {
    const nodes: readonly (readonly [NodeKind, string, boolean])[] = [
      ...project.models.map((model) => ['model', model.name, model.config.enabled] as const),
      ...project.seeds.map((seed) => ['seed', seed.name, seed.config.enabled] as const),
      ...project.sources.map((table) => ['source', table.name, table.config.enabled] as const),
    ];
    this.key = hash(others.join('\n'), ...nodes.flat().map(String));
    for (const name of others) this.#names.set(name.toLowerCase(), name);
    for (const [kind, name, enabled] of nodes) {
      const key = name.toLowerCase();
      if (enabled) this.#names.set(key, name);
      else this.#disabled.set(key, `${kind === 'source' ? 'source table' : kind} ${name}`);
    }
    for (const { source } of project.sources) this.#sources.set(source.toLowerCase(), source);
  }

  /** The node of that name, as it is written in the project. */
  find(name: string): string | undefined {
    return this.#names.get(name.toLowerCase());
  }

  resolve({ catalog, schema = '', name }: TableReference): Resolution {
    if (catalog) return unknownCatalog(catalog, schema, name);
    const inMain = schema === '' || schema.toLowerCase() === 'main';
    const written = inMain ? name : `${schema}.${name}`;
    // A model's name never holds a dot: `"shop.orders"` in quotes is not the table `shop.orders`.
    const found = inMain && name.includes('.') ? undefined : this.find(written);
    if (found !== undefined) return { name: found };
    const disabled = this.#disabled.get(written.toLowerCase());
    if (disabled) {
      const hint = 'enable it, or take the reference out';
      return {
        problem: inMain ? 'unknown-model' : 'unknown-source',
        message: `The ${disabled} is disabled.`,
        hint,
      };
    }
    return inMain ? this.#unknownModel(name) : this.#unknownSource(schema, name, written);
  }

  #unknownModel(name: string): Resolution {
    const quoted = this.find(name);
    if (quoted !== undefined) {
      const hint = `write ${quoted} without quotes around the whole name`;
      return { problem: 'unknown-model', message: `There is no model or seed "${name}".`, hint };
    }
    if (filePattern.test(name)) {
      const hint = `declare a source for it in sources.yml, or write read_csv('…'), read_json('…') or read_parquet('…')`;
      return {
        problem: 'unknown-model',
        message: `"${name}" is a file, not a model, seed or source table.`,
        hint,
      };
    }
    const hint = this.#closest(name, this.#names.values());
    const message = `There is no model, seed or source table "${name}".`;
    return { problem: 'unknown-model', message, ...(hint && { hint }) };
  }

  #unknownSource(schema: string, name: string, written: string): Resolution {
    const source = this.#sources.get(schema.toLowerCase());
    const names = [...this.#names.values()].filter((n) => n.includes('.'));
    if (source !== undefined) {
      const tables = names.filter((n) => n.startsWith(`${source}.`)).map((n) => n.slice(source.length + 1));
      const close = nearest(name, tables);
      const hint = close ? `did you mean "${source}.${close}"?` : `it has ${tables.sort().join(', ')}`;
      const message = `The source ${source} has no table "${name}" in sources.yml.`;
      return { problem: 'unknown-source', message, hint };
    }
    const close = nearest(schema, this.#sources.values());
    const closest = nearest(written, names);
    const better = close && this.find(`${close}.${name}`) ? `${close}.${name}` : closest;
    const known = [...new Set(this.#sources.values())].sort();
    const hint = better
      ? `did you mean "${better}"?`
      : this.find(name) !== undefined
        ? `did you mean "${this.find(name)}"? Models and seeds have no schema`
        : known.length > 0
          ? `the sources are ${known.join(', ')}`
          : 'sources.yml defines no sources';
    return { problem: 'unknown-source', message: `There is no source "${schema}" in sources.yml.`, hint };
  }

  #closest(name: string, candidates: Iterable<string>): string | undefined {
    const names = [...candidates];
    const lower = name.toLowerCase();
    const inSource = names.filter((n) => n.toLowerCase().endsWith(`.${lower}`));
    const close = inSource[0] ?? nearest(name, names);
    return close && `did you mean "${close}"?`;
  }
}

function unknownCatalog(catalog: string, schema: string, name: string): Resolution {
  const written = [catalog, schema, name].filter(Boolean).join('.');
  const message = `"${written}" is in another database, whose changes cannot be seen.`;
  return { problem: 'unknown-source', message, hint: 'declare a source for it in sources.yml' };
}
