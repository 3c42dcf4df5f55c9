import { own } from '../util/own.js';
import { globMatcher } from './select-glob.js';

/** What selection needs to know of a node; a manifest's nodes are such. */
export interface SelectableNode {
  readonly name: string;
  readonly kind: string;
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  /** Settings by camel-case key; `tags`, `options` and `meta` have their own meaning. */
  readonly config: object;
  readonly inputs: readonly string[];
  /** Of a data test: what it asserts, such as `not_null`; `query` where it is a file of its own. */
  readonly assertion?: string;
}

/** One way of choosing nodes by a value. */
export interface SelectMethod {
  /** Where nothing else may stand behind the colon. */
  readonly known?: readonly string[];
  matcher(value: string, argument: string): (node: SelectableNode) => boolean;
  /** All values that would choose this node: where the nearest name is looked for. */
  values(node: SelectableNode, argument: string): readonly string[];
}

const fqn: SelectMethod = {
  matcher(value) {
    const isName = globMatcher(value);
    const parts = value.split('.').map((part) => globMatcher(part));
    return (node) => {
      if (isName(node.name)) return true;
      const folders = foldersOf(node);
      // `shop.stg_orders` and `marts.finance` both name a place in the tree of folders.
      return parts.length <= folders.length && parts.every((matches, i) => matches(folders[i]!));
    };
  },
  values: (node) => [node.name, ...foldersOf(node).slice(0, 1)],
};

/** Folders below `models/` and the name; a source's name and table. */
function foldersOf(node: SelectableNode): readonly string[] {
  if (node.kind === 'source') return node.name.split('.');
  return [...node.path.split('/').slice(1, -1), node.name];
}

const path: SelectMethod = {
  matcher(value) {
    const wanted = value.replace(/^\.\//, '').replace(/\/+$/, '');
    const isFile = globMatcher(wanted, '/');
    const isInside = globMatcher(`${wanted}/**`, '/');
    return (node) => isFile(node.path) || isInside(node.path);
  },
  values: (node) => node.path.split('/').map((_, i, all) => all.slice(0, i + 1).join('/')),
};

const file: SelectMethod = {
  matcher(value) {
    const matches = globMatcher(value);
    return (node) => matches(fileName(node)) || matches(fileName(node).replace(/\.[^.]+$/, ''));
  },
  values: (node) => [fileName(node)],
};

const fileName = (node: SelectableNode) => node.path.slice(node.path.lastIndexOf('/') + 1);

const tag: SelectMethod = {
  matcher(value) {
    const matches = globMatcher(value);
    return (node) => tagsOf(node).some(matches);
  },
  values: tagsOf,
};

function tagsOf(node: SelectableNode): readonly string[] {
  return (node.config as { tags?: readonly string[] }).tags ?? [];
}

const source: SelectMethod = {
  matcher(value) {
    const matches = globMatcher(value);
    return (node) => node.kind === 'source' && (matches(node.name) || matches(node.name.split('.')[0]!));
  },
  values: (node) => (node.kind === 'source' ? [node.name, node.name.split('.')[0]!] : []),
};

const resourceType: SelectMethod = {
  known: ['model', 'seed', 'source', 'test'],
  matcher: (value) => (node) => node.kind === value,
  values: (node) => [node.kind],
};

/** What a generic test asserts; one of its own goes by its name. */
const testName: SelectMethod = {
  matcher(value) {
    const matches = globMatcher(value);
    return (node) => testNames(node).some(matches);
  },
  values: testNames,
};

function testNames({ name, assertion }: SelectableNode): readonly string[] {
  if (assertion === undefined) return [];
  return assertion === 'query' ? [name] : [assertion, name];
}

const testType: SelectMethod = {
  known: ['generic', 'singular', 'data', 'unit'],
  matcher: (value) => (node) => testTypes(node).includes(value),
  values: testTypes,
};

function testTypes({ assertion }: SelectableNode): readonly string[] {
  if (assertion === undefined) return [];
  if (assertion === 'unit') return ['unit'];
  return ['data', assertion === 'query' ? 'singular' : 'generic'];
}

const config: SelectMethod = {
  matcher(value, argument) {
    const matches = globMatcher(value);
    return (node) => configValues(node, argument).some(matches);
  },
  values: configValues,
};

/** A setting's value as texts: one, or one for every element of a list. Keys may be written as in YAML. */
function configValues(node: SelectableNode, argument: string): readonly string[] {
  const [first = '', ...rest] = argument.split('.');
  const settings = node.config as Record<string, unknown>;
  const camel = first.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  let value = own(settings, camel) ?? own(settings.options as Record<string, unknown> | undefined, first);
  for (const key of rest) {
    value =
      value !== null && typeof value === 'object' ? own(value as Record<string, unknown>, key) : undefined;
  }
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The methods that need nothing but the nodes, by the word before the colon. */
export const selectMethods: Readonly<Record<string, SelectMethod>> = {
  fqn,
  path,
  file,
  tag,
  source,
  config,
  resource_type: resourceType,
  test_name: testName,
  test_type: testType,
};
