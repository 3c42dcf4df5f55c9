import { nearest } from '../util/nearest.js';
import { own } from '../util/own.js';
import { parseSelectors, type SelectorItem, type SelectorTerm } from './select-grammar.js';
import { type SelectableNode, selectMethods } from './select-methods.js';
import { type Walker, walker } from './select-walk.js';

export type { SelectableNode } from './select-methods.js';

/** Chosen nodes by methods that need more than the nodes: an earlier state, the last run, the sources' files. */
export interface SelectResolver {
  /** What may stand behind the colon. */
  readonly values: readonly string[];
  /** Names of the nodes. */
  resolve(value: string): ReadonlySet<string>;
}

export type SelectResolvers = Readonly<Partial<Record<ResolvedMethod, SelectResolver>>>;
type ResolvedMethod = 'state' | 'result' | 'source_status';

/** What is wrong with a selection; a `Diagnostic`, made here without knowing that type. */
export interface SelectionProblem {
  readonly code: 'select/invalid' | 'select/no-match';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly excerpt: {
    readonly title: string;
    readonly text: string;
    readonly start: number;
    readonly end: number;
  };
}

/** A data test as selection knows it: its name is told apart from those of nodes. */
export interface SelectableTest extends SelectableNode {
  /** Names of the nodes that choose it with them. */
  readonly on: readonly string[];
}

export interface Selection {
  /** Names of nodes. */
  readonly value: ReadonlySet<string>;
  /** Names of tests. */
  readonly tests: ReadonlySet<string>;
  readonly diagnostics: readonly SelectionProblem[];
}

const resolvedMethods: Readonly<Record<ResolvedMethod, string>> = {
  state: 'it needs an earlier state to compare with: run etl build first.',
  result: 'it needs the results of an earlier run: run etl build first.',
  source_status: 'it needs an earlier state of the sources: run etl build first.',
};

/**
 * Chooses nodes with dbt's grammar: `+model`, `model+`, `2+model+1`, `@model`, `tag:`, `path:`, `source:`,
 * `config.x:`, …; a space is union, a comma intersection. Without `select` all nodes are chosen; what
 * `exclude` chooses is then taken away. Tests are chosen with the nodes that they are on, and by themselves. With an
 * error nothing is chosen.
 */
export function selectNodes(
  nodes: ReadonlyMap<string, SelectableNode>,
  criteria: {
    readonly select?: readonly string[] | undefined;
    readonly exclude?: readonly string[] | undefined;
  },
  resolvers: SelectResolvers = {},
  tests: readonly SelectableTest[] = [],
): Selection {
  const problems: SelectionProblem[] = [];
  const keyed = new Map(tests.map((test) => [testKey(test.name), test]));
  const all = [...nodes.keys(), ...keyed.keys()];
  if (!criteria.select?.length && !criteria.exclude?.length) return selection(all, problems);
  const selector = new Selector(nodes, keyed, resolvers, problems);
  const chosen = criteria.select?.length ? selector.union('--select', criteria.select) : new Set(all);
  if (criteria.exclude?.length) {
    for (const name of selector.union('--exclude', criteria.exclude)) chosen.delete(name);
  }
  const failed = problems.some((p) => p.severity === 'error');
  return selection(failed ? [] : chosen, problems);
}

const testPrefix = 'test ';

/** A file under `tests/` may have the name of a model. */
function testKey(name: string): string {
  return testPrefix + name;
}

function selection(keys: Iterable<string>, diagnostics: readonly SelectionProblem[]): Selection {
  const [value, tests] = [new Set<string>(), new Set<string>()];
  for (const key of keys) {
    if (key.startsWith(testPrefix)) tests.add(key.slice(testPrefix.length));
    else value.add(key);
  }
  return { value, tests, diagnostics };
}

class Selector {
  readonly #walker: Walker;

  constructor(
    private readonly nodes: ReadonlyMap<string, SelectableNode>,
    /** By key. */
    private readonly tests: ReadonlyMap<string, SelectableTest>,
    private readonly resolvers: SelectResolvers,
    private readonly problems: SelectionProblem[],
  ) {
    this.#walker = walker(nodes);
  }

  union(title: string, texts: readonly string[]): Set<string> {
    const chosen = new Set<string>();
    for (const text of texts) {
      const { items, errors } = parseSelectors(text);
      for (const { message, hint, start, end } of errors) {
        this.#problem('select/invalid', message, hint, { title, text, start, end });
      }
      if (errors.length > 0) continue;
      for (const item of items) for (const name of this.#intersection(title, text, item)) chosen.add(name);
    }
    return chosen;
  }

  #intersection(title: string, text: string, item: SelectorItem): ReadonlySet<string> {
    const sets = item.terms.map((term) => this.#term(title, text, term));
    const [first, ...others] = sets;
    if (sets.some((set) => set === undefined)) return new Set();
    const common = new Set([...first!].filter((name) => others.every((set) => set!.has(name))));
    if (common.size === 0 && sets.every((set) => set!.size > 0)) {
      const { start, end } = item;
      this.#problem('select/no-match', `No node meets all of "${item.text}".`, undefined, {
        title,
        text,
        start,
        end,
      });
    }
    return common;
  }

  /** Undefined when the term is wrong; that is then reported. */
  #term(title: string, text: string, term: SelectorTerm): ReadonlySet<string> | undefined {
    const { start, end, value, argument } = term;
    const excerpt = { title, text, start, end };
    const method = own(selectMethods, term.method);
    let base: string[];
    if (method) {
      if ((term.method === 'config') !== (argument !== '')) return this.#badArgument(term, excerpt);
      if (method.known && !method.known.includes(value))
        return this.#badValue(term.method, value, method.known, excerpt);
      const matches = method.matcher(value, argument);
      base = [...this.nodes, ...this.tests].filter(([, node]) => matches(node)).map(([key]) => key);
    } else if (Object.hasOwn(resolvedMethods, term.method)) {
      const name = term.method as ResolvedMethod;
      const resolver = this.resolvers[name];
      if (!resolver) {
        return this.#problem(
          'select/invalid',
          `"${term.text}" cannot be resolved.`,
          resolvedMethods[name],
          excerpt,
        );
      }
      if (!resolver.values.includes(value)) return this.#badValue(name, value, resolver.values, excerpt);
      base = [...resolver.resolve(value)].filter((node) => this.nodes.has(node));
    } else {
      const known = [...Object.keys(selectMethods), ...Object.keys(resolvedMethods)];
      return this.#problem(
        'select/invalid',
        `There is no method "${term.method}:".`,
        oneOf(term.method, known),
        excerpt,
      );
    }
    if (base.length === 0) {
      const candidates = method
        ? [...this.nodes.values(), ...this.tests.values()].flatMap((node) => method.values(node, argument))
        : [];
      const near = nearest(value, candidates);
      const hint = near === undefined ? 'etl ls shows what can be selected.' : `did you mean "${near}"?`;
      this.#problem('select/no-match', `"${term.text}" matches nothing.`, method ? hint : undefined, excerpt);
    }
    return this.#neighbours(term, base);
  }

  /** A test has what it reads above it and nothing below; a chosen node has its tests with it. */
  #neighbours({ buildable, parentDepth, childDepth }: SelectorTerm, base: readonly string[]): Set<string> {
    const [nodes, tests] = [
      base.filter((key) => !this.tests.has(key)),
      base.filter((key) => this.tests.has(key)),
    ];
    const below = this.#walker.descendants(nodes, buildable ? undefined : childDepth);
    const chosen = this.#walker.ancestors(buildable ? below : nodes, buildable ? undefined : parentDepth);
    for (const name of below) chosen.add(name);
    if (buildable || parentDepth > 0) {
      const reads = tests.flatMap((key) => this.tests.get(key)!.inputs);
      const depth = buildable ? undefined : parentDepth - 1;
      for (const name of this.#walker.ancestors(reads, depth)) chosen.add(name);
    }
    for (const key of tests) chosen.add(key);
    for (const [key, { on }] of this.tests) if (on.some((name) => chosen.has(name))) chosen.add(key);
    return chosen;
  }

  #badValue(
    method: string,
    value: string,
    known: readonly string[],
    excerpt: SelectionProblem['excerpt'],
  ): undefined {
    const message = `"${value}" is no value of ${method}:.`;
    return this.#problem('select/invalid', message, oneOf(value, known), excerpt);
  }

  #badArgument(term: SelectorTerm, excerpt: SelectionProblem['excerpt']): undefined {
    const message =
      term.method === 'config'
        ? 'config needs the name of a setting.'
        : `The method ${term.method}: takes no ".${term.argument}".`;
    const hint =
      term.method === 'config' ? 'such as config.materialized:view.' : `write ${term.method}:${term.value}.`;
    return this.#problem('select/invalid', message, hint, excerpt);
  }

  #problem(
    code: SelectionProblem['code'],
    message: string,
    hint: string | undefined,
    excerpt: SelectionProblem['excerpt'],
  ): undefined {
    const severity = code === 'select/invalid' ? 'error' : 'warning';
    this.problems.push({ code, severity, message, ...(hint !== undefined && { hint }), excerpt });
    return undefined;
  }
}

function oneOf(value: string, known: readonly string[]): string {
  const near = nearest(value, known);
  return near === undefined ? `one of ${known.join(', ')}.` : `did you mean "${near}"?`;
}
