import type { Column } from '../schema/table-schema.js';
import { currentContext } from './expansion-context.js';
import type { Relation } from './relation.js';
import { SchemaNeeded, TemplateError } from './template-error.js';

/** A column whose name is one of those that the relation's type has. */
export interface NamedColumn<Name extends string> extends Column {
  readonly name: Name;
}

/**
 * The columns of a table, in order, at compile time. The model is expanded once its inputs' columns are
 * known, so this is exact; a relation that depends on the model itself is a cycle.
 *
 * ```ts
 * columnsOf(ref('stg_orders')).map((column) => column.name) // ['order_id', 'status', …]
 * ```
 */
export function columnsOf<Row>(relation: Relation<Row>): readonly NamedColumn<Extract<keyof Row, string>>[] {
  const context = currentContext();
  if (!context) {
    throw new TemplateError(
      'template/macro-error',
      'The columns of a table are not known while macro files are loaded.',
      'call columnsOf inside the macro.',
    );
  }
  if (typeof (relation as unknown) === 'string') {
    const message = `columnsOf takes a table, and "${String(relation)}" is a text.`;
    throw new TemplateError('template/bad-value', message, `write columnsOf(ref('${String(relation)}')).`);
  }
  if (typeof relation?.name !== 'string')
    throw new TemplateError('template/bad-value', 'columnsOf takes a table.', "write columnsOf(ref('…')).");
  context.refs.add(relation.name);
  const schema = context.schemaOf(relation.name);
  if (!schema) {
    context.needs.add(relation.name);
    throw new SchemaNeeded(relation.name);
  }
  return schema.columns as readonly NamedColumn<Extract<keyof Row, string>>[];
}
