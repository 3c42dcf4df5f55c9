import type { Memo } from '../ports/memo.js';
import type { EngineSession } from './engine-session.js';
import { functionNames, type ParsedSql } from './parsed-sql.js';

/** Which of the engine's functions may give something else for the same arguments. */
interface UnstableFunctions {
  readonly scalar: readonly string[];
  /** Functions in FROM that read nothing but their arguments. */
  readonly pureTable: readonly string[];
}

/** DuckDB says nothing about the stability of functions in FROM: these only compute. */
export const pureTableFunctions: readonly string[] = [
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'repeat_row',
  'json_each',
  'json_tree',
];

// Declared stable, but their result comes from outside of the query.
const readsSession = [
  'getenv',
  'getvariable',
  'current_setting',
  'current_localtime',
  'current_localtimestamp',
];

// `error()` is declared volatile so that it is not folded away; it never makes a row.
const harmless = new Set(['error']);

const barewords = ['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp'];

/** Tells why a query may give other rows on the same inputs: the name of a function, for people. */
export class Repeatability {
  readonly #scalar: ReadonlySet<string>;
  readonly #pureTable: ReadonlySet<string>;
  /** By the functions that are called: few sets of them stand for very many queries. */
  readonly #reasons = new Map<string, string | undefined>();

  private constructor(functions: UnstableFunctions) {
    this.#scalar = new Set(functions.scalar);
    this.#pureTable = new Set(functions.pureTable);
  }

  /** Asks the engine about its functions, unless `memo` knows. */
  static async load(session: EngineSession, memo: Memo, environmentKey: string): Promise<Repeatability> {
    let functions = memo.get<UnstableFunctions>('functions', environmentKey);
    if (!functions) {
      functions = await readFunctions(session);
      memo.set('functions', environmentKey, functions);
    }
    return new Repeatability(functions);
  }

  /** `isMacro` tells which lower-case names are the project's own macros: those are judged by their bodies. */
  reason(
    { functions, tableFunctions, sampled }: ParsedSql,
    isMacro: (name: string) => boolean,
  ): string | undefined {
    if (sampled) return 'a sample without a fixed seed';
    const key = tableFunctions === '' ? functions : `${functions}\0${tableFunctions}`;
    if (!this.#reasons.has(key)) this.#reasons.set(key, this.#find(functions, tableFunctions, isMacro));
    return this.#reasons.get(key);
  }

  #find(functions: string, tableFunctions: string, isMacro: (name: string) => boolean): string | undefined {
    const scalar = functionNames(functions).find((name) => this.#scalar.has(name) && !isMacro(name));
    if (scalar) return barewords.includes(scalar) ? scalar : `${scalar}()`;
    const table = functionNames(tableFunctions).find((name) => !this.#pureTable.has(name) && !isMacro(name));
    return table && `${table}()`;
  }
}

async function readFunctions(session: EngineSession): Promise<UnstableFunctions> {
  const rows = await (await session.first()).rows(`
    select lower(function_name) as name, function_type as type, macro_definition as body, stability
    from duckdb_functions()
    where function_type in ('macro', 'table_macro') or stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')`);
  const unstable = new Set([...readsSession, ...barewords]);
  const macros: { readonly name: string; readonly isTable: boolean; readonly words: readonly string[] }[] =
    [];
  for (const row of rows) {
    const name = row.name as string;
    if (row.body === null) {
      if (!harmless.has(name)) unstable.add(name);
    } else {
      const words = (row.body as string).toLowerCase().match(/[a-z_]\w*/g) ?? [];
      macros.push({
        name,
        isTable: row.type === 'table_macro',
        words: words.filter((word) => word !== name),
      });
    }
  }
  // A macro is what it calls; a table macro that reads the engine's own tables is not pure either.
  const unstableMacros = new Set<string>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const { name, words } of macros) {
      if (unstableMacros.has(name)) continue;
      if (!words.some((w) => unstable.has(w) || unstableMacros.has(w) || /^(duckdb|pragma|pg)_/.test(w)))
        continue;
      unstableMacros.add(name);
      grew = true;
    }
  }
  const scalarMacros = macros.filter((macro) => !macro.isTable && unstableMacros.has(macro.name));
  const pureMacros = macros.filter((macro) => macro.isTable && !unstableMacros.has(macro.name));
  return {
    scalar: [...new Set([...unstable, ...scalarMacros.map((macro) => macro.name)])].sort(),
    pureTable: [...new Set([...pureTableFunctions, ...pureMacros.map((macro) => macro.name)])].sort(),
  };
}
