import type { ColumnSource } from '../ir/column-lineage.js';

type Json = string | number | boolean | null | readonly Json[] | PlanNode;
interface PlanNode {
  readonly [key: string]: Json | undefined;
}

/** Sources of one column, by `table column`. */
type Sources = ReadonlyMap<string, ColumnSource>;
type Outputs = readonly Sources[];

const none: Sources = new Map();

export interface PlanLineage {
  /** Sources of each column, by position. */
  readonly columns: readonly (readonly ColumnSource[])[];
  /** Those of all columns together. */
  readonly all: readonly ColumnSource[];
  /** The columns that decide which rows there are. */
  readonly rows: readonly ColumnSource[];
}

/**
 * Follows the columns of a plan of `json_serialize_plan(…, optimize := false)` to the tables that it reads.
 * References in a plan are positions in the columns of the operator below, so nothing is guessed from names.
 */
export function planLineage(plan: PlanNode, tableOf: (schema: string, table: string) => string): PlanLineage {
  const walk = new PlanWalk(tableOf);
  const outputs = walk.outputs(plan);
  return { columns: outputs.map(sorted), all: sorted(merged(outputs)), rows: sorted(walk.rows) };
}

class PlanWalk {
  readonly rows = new Map<string, ColumnSource>();
  /** Columns by the index that a plan gives to whatever makes columns. */
  readonly #bindings = new Map<number, Outputs>();
  readonly #ctes = new Map<number, Outputs>();
  /** Columns that the joins around hand down to the queries that depend on their rows, innermost last. */
  readonly #delims: Outputs[] = [];

  constructor(private readonly tableOf: (schema: string, table: string) => string) {}

  outputs(node: PlanNode): Outputs {
    const outputs = this.#compute(node);
    if (typeof node.table_index === 'number') this.#bindings.set(node.table_index, outputs);
    return outputs;
  }

  #compute(node: PlanNode): Outputs {
    switch (node.type) {
      case 'LOGICAL_GET':
        return this.#get(node);
      case 'LOGICAL_PROJECTION': {
        const input = this.#input(node);
        return list(node.expressions).map((expression) => this.#sourcesOf(expression, input));
      }
      case 'LOGICAL_FILTER':
      case 'LOGICAL_ORDER_BY':
      case 'LOGICAL_TOP_N':
      case 'LOGICAL_DISTINCT': {
        const input = this.#input(node);
        this.#keep(input, node.expressions, node.orders, node.distinct_targets, node.order_by);
        return input;
      }
      case 'LOGICAL_AGGREGATE_AND_GROUP_BY':
        return this.#aggregate(node);
      case 'LOGICAL_WINDOW':
      case 'LOGICAL_UNNEST': {
        const input = this.#input(node);
        return [...input, ...list(node.expressions).map((expression) => this.#sourcesOf(expression, input))];
      }
      case 'LOGICAL_UNION':
        return list(node.children)
          .map((child) => this.outputs(child))
          .reduce(byPosition);
      case 'LOGICAL_EXCEPT':
      case 'LOGICAL_INTERSECT': {
        const [left = [], right = []] = list(node.children).map((child) => this.outputs(child));
        for (const sources of [...left, ...right]) this.#keepSources(sources);
        return left;
      }
      case 'LOGICAL_MATERIALIZED_CTE': {
        const [definition, query] = list(node.children);
        this.#ctes.set(node.table_index as number, this.outputs(definition!));
        return this.outputs(query!);
      }
      case 'LOGICAL_RECURSIVE_CTE':
        return this.#recursiveCte(node);
      case 'LOGICAL_CTE_REF':
        return this.#ctes.get(node.cte_index as number) ?? list(node.chunk_types).map(() => none);
      case 'LOGICAL_DELIM_GET':
        return this.#delims.at(-1) ?? list(node.chunk_types).map(() => none);
      case 'LOGICAL_EXPRESSION_GET': {
        const input = this.#input(node);
        const rows = (node.expressions as readonly (readonly PlanNode[])[]).map((row) =>
          row.map((expression) => this.#sourcesOf(expression, input)),
        );
        return rows.reduce<Outputs>(byPosition, rows[0] ?? []);
      }
      case 'LOGICAL_DUMMY_SCAN':
        return [none];
      case 'LOGICAL_PIVOT':
        return this.#pivot(node);
      default:
        if (list(node.children).length === 2) return this.#join(node);
        if (list(node.children).length === 1) return this.#input(node);
        return list(node.chunk_types).map(() => none);
    }
  }

  #input(node: PlanNode): Outputs {
    return list(node.children).flatMap((child) => this.outputs(child));
  }

  /** A table, or a function in FROM, whose columns come from its arguments. */
  #get(node: PlanNode): Outputs {
    const input = this.#input(node);
    const data = node.function_data as PlanNode | null | undefined;
    const names = node.names as readonly string[];
    const isTable = typeof data?.table === 'string';
    const argumentCount = list(node.input_table_types).length;
    const fromArguments = merged(input.slice(0, argumentCount));
    const columns = list(node.column_indexes).map((column): Sources => {
      if (!isTable) return fromArguments;
      const name = names[column.index as number];
      if (name === undefined) return none;
      const table = this.tableOf(data.schema as string, data.table as string);
      return new Map([[`${table} ${name}`, { table, column: name }]]);
    });
    const passed = ((node.projected_input ?? []) as readonly number[]).map((i) => input[i] ?? none);
    return [...columns, ...passed];
  }

  #aggregate(node: PlanNode): Outputs {
    const input = this.#input(node);
    this.#keep(input, node.groups);
    const groups = list(node.groups).map((group) => this.#sourcesOf(group, input));
    const aggregates = list(node.expressions).map((expression) => this.#sourcesOf(expression, input));
    const groupings = list(node.grouping_functions).map(() => none);
    this.#bindings.set(node.group_index as number, groups);
    this.#bindings.set(node.aggregate_index as number, aggregates);
    return [...groups, ...aggregates, ...groupings];
  }

  #join(node: PlanNode): Outputs {
    const [leftNode, rightNode] = list(node.children);
    const left = this.outputs(leftNode!);
    const delims = list(node.duplicate_eliminated_columns);
    if (delims.length > 0) this.#delims.push(delims.map((column) => this.#sourcesOf(column, left)));
    const right = this.outputs(rightNode!);
    if (delims.length > 0) this.#delims.pop();
    const conditions = new Map<string, ColumnSource>();
    for (const condition of list(node.conditions)) {
      add(conditions, this.#sourcesOf(condition.left ?? null, left));
      add(conditions, this.#sourcesOf(condition.right ?? null, right));
    }
    add(conditions, this.#sourcesOf(node.condition ?? null, [...left, ...right]));
    add(conditions, this.#sourcesOf(node.expressions ?? null, [...left, ...right]));
    // What a mark join finds is a column of its own: whether it decides on rows, a filter above says.
    if (node.join_type === 'MARK') {
      add(conditions, merged(right));
      return [...left, conditions];
    }
    this.#keepSources(conditions);
    if (node.join_type === 'SEMI' || node.join_type === 'ANTI') return left;
    if (node.join_type === 'RIGHT_SEMI' || node.join_type === 'RIGHT_ANTI') return right;
    return [...left, ...right];
  }

  /** Goes round until nothing new flows back into the start. */
  #recursiveCte(node: PlanNode): Outputs {
    const [start, step] = list(node.children);
    const index = node.table_index as number;
    let outputs = this.outputs(start!);
    for (;;) {
      this.#ctes.set(index, outputs);
      const next = byPosition(outputs, this.outputs(step!));
      if (count(next) === count(outputs)) return outputs;
      outputs = next;
    }
  }

  #pivot(node: PlanNode): Outputs {
    const input = this.#input(node);
    const { group_count, types } = node.bound_pivot as PlanNode;
    const groups = input.slice(0, group_count as number);
    const values = merged(input.slice(group_count as number));
    return [...groups, ...list(types).map(() => values)];
  }

  #keep(input: Outputs, ...expressions: readonly (Json | undefined)[]): void {
    for (const expression of expressions) this.#keepSources(this.#sourcesOf(expression ?? null, input));
  }

  #keepSources(sources: Sources): void {
    add(this.rows, sources);
  }

  /** All sources that an expression, or anything that holds expressions, refers to. */
  #sourcesOf(expression: Json, input: Outputs): Sources {
    if (isNode(expression) && expression.type === 'BOUND_REF')
      return input[expression.index as number] ?? none;
    const found = new Map<string, ColumnSource>();
    this.#collect(expression, input, found);
    return found;
  }

  #collect(value: Json, input: Outputs, found: Map<string, ColumnSource>): void {
    if (Array.isArray(value)) {
      for (const item of value) this.#collect(item, input, found);
    } else if (isNode(value)) {
      if (value.type === 'BOUND_REF') {
        add(found, input[value.index as number] ?? none);
      } else if (value.type === 'BOUND_COLUMN_REF') {
        const { table_index, column_index } = value.binding as PlanNode;
        add(found, this.#bindings.get(table_index as number)?.[column_index as number] ?? none);
      } else {
        for (const key in value) {
          // A lambda's body counts in its own parameters; what it captures stands among the children.
          if (key !== 'function_data' && key !== 'return_type')
            this.#collect(value[key] ?? null, input, found);
        }
      }
    }
  }
}

function isNode(value: Json): value is PlanNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: Json | undefined): readonly PlanNode[] {
  return (value ?? []) as readonly PlanNode[];
}

function add(target: Map<string, ColumnSource>, sources: Sources): void {
  for (const [key, source] of sources) target.set(key, source);
}

function merged(outputs: Outputs): Sources {
  const all = new Map<string, ColumnSource>();
  for (const sources of outputs) add(all, sources);
  return all;
}

function byPosition(left: Outputs, right: Outputs): Outputs {
  return left.map((sources, i) => merged([sources, right[i] ?? none]));
}

function count(outputs: Outputs): number {
  return outputs.reduce((sum, sources) => sum + sources.size, 0);
}

function sorted(sources: Sources): readonly ColumnSource[] {
  return [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
}
