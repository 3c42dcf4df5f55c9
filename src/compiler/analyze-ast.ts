import { hash } from '../util/hash.js';
import type { ParsedSql, TableReference } from './parsed-sql.js';

type Json = string | number | boolean | null | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Names of CTEs that can be seen, innermost first. */
interface Scope {
  readonly name: string;
  readonly outer: Scope | undefined;
}

/** What DuckDB's `json_serialize_sql` gives for a text that it takes. */
export interface SerializedSql {
  readonly statements: readonly { readonly node: JsonObject; readonly named_param_map: readonly Json[] }[];
}

// Names that DuckDB reads as a function call when no column has them.
const barewordFunctions = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
]);

const unknownPosition = 2 ** 53;

/** Reads the syntax tree of one statement. `json` is the text that `serialized` was parsed from. DESCRIBE, SUMMARIZE and SHOW, which DuckDB takes for a SELECT, are refused as statements. */
export function analyzeAst(json: string, serialized: SerializedSql): ParsedSql {
  const statement = serialized.statements[0]!;
  const visitor = new AstVisitor();
  visitor.visit(statement.node, undefined);
  const isShow = visitor.lists || (statement.node.from_table as JsonObject | null)?.type === 'SHOW_REF';
  return {
    tables: visitor.tables,
    functions: [...visitor.functions].sort().join('\n'),
    tableFunctions: [...visitor.tableFunctions].sort().join('\n'),
    ...(visitor.sampled && { sampled: true }),
    hash: hash(json.replace(/"query_location":\d+,?/g, '')),
    ...((isShow || statement.named_param_map.length > 0) && {
      problem: { kind: isShow ? 'not-a-select' : 'parameter' },
    }),
  };
}

class AstVisitor {
  readonly tables: TableReference[] = [];
  readonly functions = new Set<string>();
  readonly tableFunctions = new Set<string>();
  sampled = false;
  /** True for SHOW TABLES and the like, which read the session and no query. */
  lists = false;

  visit(value: Json | undefined, scope: Scope | undefined): void {
    if (typeof value !== 'object' || value === null) return;
    if (isArray(value)) {
      for (const item of value) this.visit(item, scope);
      return;
    }
    const inner = value.cte_map ? this.#ctes(value.cte_map as JsonObject, scope) : scope;
    switch (value.type) {
      case 'BASE_TABLE':
        this.#table(value, inner);
        break;
      case 'TABLE_FUNCTION':
        this.#tableFunction(value.function as JsonObject, inner);
        this.#sample(value.sample);
        return;
      case 'SHOW_REF':
        if (!value.query) this.lists = true;
        break;
      case 'COLUMN_REF':
        this.#bareword(value.column_names as readonly string[]);
        break;
      case 'RECURSIVE_CTE_NODE':
        this.visit(value.left, inner);
        this.visit(value.right, { name: (value.cte_name as string).toLowerCase(), outer: inner });
        return;
    }
    if (typeof value.function_name === 'string' && value.is_operator !== true) {
      this.#function(value.function_name.toLowerCase(), value);
    }
    this.#sample(value.sample);
    for (const key in value) {
      const child = value[key];
      if (typeof child === 'object' && child !== null && key !== 'cte_map') this.visit(child, inner);
    }
  }

  /** A CTE sees those before it, and itself only where it is recursive. */
  #ctes(map: JsonObject, outer: Scope | undefined): Scope | undefined {
    let scope = outer;
    for (const entry of map.map as readonly { readonly key: string; readonly value: JsonObject }[]) {
      this.visit(entry.value, scope);
      scope = { name: entry.key.toLowerCase(), outer: scope };
    }
    return scope;
  }

  #table(ref: JsonObject, scope: Scope | undefined): void {
    const [catalog, schema, name] = [ref.catalog_name, ref.schema_name, ref.table_name] as string[];
    if (!catalog && !schema && sees(scope, name!)) return;
    const at = ref.query_location as number;
    this.tables.push({
      ...(catalog && { catalog }),
      ...(schema && { schema }),
      name: name!,
      ...(at < unknownPosition && { byteOffset: at }),
    });
  }

  #tableFunction(call: JsonObject, scope: Scope | undefined): void {
    if (typeof call.function_name === 'string') this.tableFunctions.add(call.function_name.toLowerCase());
    this.visit(call.children, scope);
  }

  /** The age of one moment is counted from today: `at.age()` has it as its schema. */
  #function(name: string, { children, schema }: JsonObject): void {
    this.functions.add(name);
    const given = (children as readonly Json[]).length + (schema && schema !== 'main' ? 1 : 0);
    if (name === 'age' && given === 1) this.functions.add('current_date');
  }

  #bareword(names: readonly string[]): void {
    const name = names.length === 1 ? names[0]!.toLowerCase() : '';
    if (barewordFunctions.has(name)) this.functions.add(name);
  }

  #sample(sample: Json | undefined): void {
    if (sample && (sample as JsonObject).seed === -1) this.sampled = true;
  }
}

function sees(scope: Scope | undefined, name: string): boolean {
  const lower = name.toLowerCase();
  for (let at = scope; at; at = at.outer) if (at.name === lower) return true;
  return false;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
