import type { TestConfig } from '../../ir/project.js';
import { hash } from '../../util/hash.js';

const longestName = 80;

/** Names for data tests as dbt gives them (`not_null_orders_order_id`); a name that is taken gets a number. */
export class TestNames {
  readonly #taken = new Set<string>();

  /** @param node the table that is tested */
  nameOf({ assertion, name }: TestConfig, node: string): string {
    return this.#free(name ?? shortened([assertion.kind, node, ...details(assertion)].map(slug).join('_')));
  }

  /** Keeps a name that a person gave a file from being used twice. */
  take(name: string): string {
    return this.#free(name);
  }

  #free(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#taken.has(name); n++) name = `${wanted}_${n}`;
    this.#taken.add(name);
    return name;
  }
}

function details(assertion: TestConfig['assertion']): readonly string[] {
  switch (assertion.kind) {
    case 'not_null':
    case 'unique':
    case 'freshness':
      return assertion.columns;
    case 'accepted_values':
      return [...assertion.columns, ...assertion.values.map(String)];
    case 'relationships':
      return [...assertion.columns, assertion.to, assertion.field];
    case 'expression':
      return [assertion.expression];
    case 'row_count':
      return [];
  }
}

function slug(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_]*$/.test(text) && !text.includes('__') && !text.endsWith('_')) return text;
  return text.replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '');
}

function shortened(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 9)}_${hash(name).slice(0, 8)}`;
}
