import type { PlainValue } from '../ir/plain-value.js';
import { toSql } from '../template/duckdb-query-compiler.js';
import { type ExpansionContext, withContext } from '../template/expansion-context.js';
import { bindLiveValues, liveValues } from '../template/live-values.js';
import { SchemaNeeded } from '../template/template-error.js';
import { own } from '../util/own.js';

/** What a macro returned, or a function that calls it: that one sees the context. */
export type Fragment = unknown | (() => unknown);

/** What macros see of the model that calls them. */
export interface MacroContext {
  readonly vars?: Readonly<Record<string, PlainValue>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: false. */
  readonly incremental?: boolean;
  readonly batch?: { readonly start: string; readonly end: string };
  /** Default: test. */
  readonly target?: string;
  /** Name of the model, for `self`. Default: model. */
  readonly model?: string;
  /** Column types of tables, by table, for `columnsOf`. */
  readonly columns?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The SQL that a macro gives, as it stands in a model.
 *
 * ```ts
 * sqlOf(centsToDollars('price')) // cast("price" * 0.01 as decimal(18, 2))
 * sqlOf(() => since('day'), { vars: { start_date: '2024-01-01' } })
 * ```
 */
export function sqlOf(fragment: Fragment, context: MacroContext = {}): string {
  const expansion = expansionContext(context);
  return withContext(expansion, () => {
    const before = bindLiveValues(liveValues(expansion), undefined);
    try {
      return toSql(typeof fragment === 'function' ? fragment() : fragment);
    } catch (thrown) {
      if (!(thrown instanceof SchemaNeeded)) throw thrown;
      const columns = `columns: { '${thrown.relation}': { id: 'BIGINT' } }`;
      throw new Error(`The macro asks for the columns of ${thrown.relation}: say them with { ${columns} }.`);
    } finally {
      bindLiveValues(before, undefined);
    }
  });
}

function expansionContext(context: MacroContext): ExpansionContext {
  const { vars = {}, env = {}, incremental = false, batch, target = 'test', columns = {} } = context;
  return {
    name: context.model ?? 'model',
    incremental,
    batch,
    vars,
    secretVars: {},
    target: { name: target },
    env,
    relations: undefined,
    schemaOf(table) {
      const known = own(columns, table);
      return known && { columns: Object.entries(known).map(([name, type]) => ({ name, type })) };
    },
    refs: new Set(),
    needs: new Set(),
    secrets: new Set(),
  };
}
