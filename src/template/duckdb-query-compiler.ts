import {
  DefaultQueryCompiler,
  type IdentifierNode,
  isOperationNodeSource,
  type OperationNodeSource,
  type PrimitiveValueListNode,
  RawNode,
} from 'kysely';
import { quoteIdentifier } from '../util/sql-quote.js';
import { sqlLiteral } from './sql-literal.js';

/** Kysely's compiler with values as literals in place of parameters: expanded SQL must stand on its own. */
export class DuckdbQueryCompiler extends DefaultQueryCompiler {
  protected override appendValue(value: unknown): void {
    this.append(sqlLiteral(value));
  }

  protected override appendImmediateValue(value: unknown): void {
    this.append(sqlLiteral(value));
  }

  protected override visitIdentifier(node: IdentifierNode): void {
    this.append(quoteIdentifier(node.name));
  }

  // `where('id', 'in', [])` would become `in ()`, which does not parse.
  protected override visitPrimitiveValueList(node: PrimitiveValueListNode): void {
    this.append(sqlLiteral(node.values));
  }
}

// One for all: making one takes longer than a short query, and nothing that it calls compiles another.
const compiler = new DuckdbQueryCompiler();

/** The SQL of a whole query or fragment, as it stands. */
export function querySql(query: OperationNodeSource): string {
  const node = query.toOperationNode() as RawNode;
  return compiler.compileQuery(node, { queryId: '' }).sql;
}

/**
 * The SQL of a value in `${…}`: a fragment, query or expression of Kysely's is spliced (a whole query in
 * parentheses, as inside its `sql` tag), anything else becomes a literal.
 */
export function toSql(value: unknown): string {
  if (!isOperationNodeSource(value)) return sqlLiteral(value);
  return querySql({ toOperationNode: () => RawNode.createWithChild(value.toOperationNode()) });
}
