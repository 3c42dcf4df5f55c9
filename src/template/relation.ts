import {
  type AliasedExpression,
  AliasNode,
  type Expression,
  IdentifierNode,
  type OperationNode,
  TableNode,
} from 'kysely';
import { nearest } from '../util/nearest.js';
import { currentContext } from './expansion-context.js';
import type { RelationName, RowOf, SourceName, SourceTableName } from './project-types.js';
import { TemplateError } from './template-error.js';

/** A table by name, as `ref`, `source` and `self` give it. It goes wherever Kysely takes an expression. */
export class Relation<Row = unknown> implements Expression<Row> {
  readonly #isInput: boolean;

  /** @param name as models write it: `stg_orders` or `shop.orders`. */
  constructor(
    readonly name: string,
    isInput = true,
  ) {
    this.#isInput = isInput;
  }

  get expressionType(): Row | undefined {
    return undefined;
  }

  /** The table under another name, for `db.selectFrom(ref('stg_orders').as('o'))`. */
  as<Alias extends string>(alias: Alias): AliasedExpression<Row, Alias> {
    return {
      expression: this,
      alias,
      toOperationNode: () => AliasNode.create(this.toOperationNode(), IdentifierNode.create(alias)),
    };
  }

  /** A table in a plain text would be `[object Object]` in the SQL. */
  toString(): never {
    throw new TemplateError(
      'template/bad-value',
      `The table ${this.name} stands in a text, where it cannot become SQL.`,
      'write sql before the text: sql`select * from ${ref(…)}`',
    );
  }

  toOperationNode(): OperationNode {
    // Noted here too, for relations that macro files made while they were loaded.
    if (this.#isInput) currentContext()?.refs.add(this.name);
    const dot = this.name.indexOf('.');
    return dot < 0
      ? TableNode.create(this.name)
      : TableNode.createWithSchema(this.name.slice(0, dot), this.name.slice(dot + 1));
  }
}

/**
 * The table of a model, a seed or a `source.table`, and a dependency on it.
 *
 * `${ref('stg_orders')}` → `"stg_orders"`. An unknown name is an error that suggests the nearest one.
 */
export function ref<Name extends RelationName>(name: Name): Relation<RowOf<Name>> {
  return input(name);
}

/** A source's table, and a dependency on it. `${source('shop', 'orders')}` → `"shop"."orders"`. */
export function source<Source extends SourceName, Table extends SourceTableName<Source>>(
  sourceName: Source,
  table: Table,
): Relation<RowOf<`${Source}.${Table}`>> {
  return input(`${sourceName}.${table}`);
}

function input<Row>(name: string): Relation<Row> {
  if (typeof name !== 'string')
    throw new TemplateError('template/bad-value', 'A table name must be a string.');
  const context = currentContext();
  if (context?.relations && !context.relations.has(name)) throw unknownRelation(name, context.relations);
  context?.refs.add(name);
  return new Relation<Row>(name);
}

function unknownRelation(name: string, known: ReadonlySet<string>): TemplateError {
  const close = nearest(name, known);
  const hint = close === undefined ? undefined : `did you mean "${close}"?`;
  return name.includes('.')
    ? new TemplateError('compile/unknown-source', `There is no source table "${name}".`, hint)
    : new TemplateError('compile/unknown-model', `There is no model, seed or source table "${name}".`, hint);
}
