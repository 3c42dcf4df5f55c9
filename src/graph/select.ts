import { nearest } from '../util/nearest.js';
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

export interface Selection {
  readonly value: ReadonlySet<string>;
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
 * `exclude` chooses is then taken away. With an error nothing is chosen.
 */
export function selectNodes(
  nodes: ReadonlyMap<string, SelectableNode>,
  criteria: {
    readonly select?: readonly string[] | undefined;
    readonly exclude?: readonly string[] | undefined;
  },
  resolvers: SelectResolvers = {},
): Selection {
  const problems: SelectionProblem[] = [];
  const selector = new Selector(nodes, walker(nodes), resolvers, problems);
  const chosen = criteria.select?.length
    ? selector.union('--select', criteria.select)
    : new Set(nodes.keys());
  if (criteria.exclude?.length) {
    for (const name of selector.union('--exclude', criteria.exclude)) chosen.delete(name);
  }
  const failed = problems.some((p) => p.severity === 'error');
  return { value: failed ? new Set() : chosen, diagnostics: problems };
}

class Selector {
  constructor(
    private readonly nodes: ReadonlyMap<string, SelectableNode>,
    private readonly walker: Walker,
    private readonly resolvers: SelectResolvers,
    private readonly problems: SelectionProblem[],
  ) {}

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
    const method = Object.hasOwn(selectMethods, term.method) ? selectMethods[term.method] : undefined;
    let base: string[];
    if (method) {
      if ((term.method === 'config') !== (argument !== '')) return this.#badArgument(term, excerpt);
      const matches = method.matcher(value, argument);
      base = [...this.nodes.values()].filter(matches).map((node) => node.name);
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
      if (!resolver.values.includes(value)) {
        return this.#problem(
          'select/invalid',
          `"${value}" is no value of ${name}:.`,
          oneOf(value, resolver.values),
          excerpt,
        );
      }
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
        ? [...this.nodes.values()].flatMap((node) => method.values(node, argument))
        : [];
      const near = nearest(value, candidates);
      const hint = near === undefined ? 'etl ls shows what can be selected.' : `did you mean "${near}"?`;
      this.#problem('select/no-match', `"${term.text}" matches nothing.`, method ? hint : undefined, excerpt);
    }
    return this.#neighbours(term, base);
  }

  #neighbours({ buildable, parentDepth, childDepth }: SelectorTerm, base: readonly string[]): Set<string> {
    if (buildable) return this.walker.ancestors(this.walker.descendants(base));
    const above = this.walker.ancestors(base, parentDepth);
    for (const name of this.walker.descendants(base, childDepth)) above.add(name);
    return above;
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
