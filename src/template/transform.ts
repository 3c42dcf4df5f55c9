import { type Expression, isOperationNodeSource } from 'kysely';
import { TemplateError } from './template-error.js';
import type { InputBatch, OutputRow } from './transform-types.js';

export interface TransformOptions<Columns extends Readonly<Record<string, string>>> {
  /** The columns of the result, in order: the DuckDB type of each. */
  readonly columns: Columns;
  /** How many calls of the function run at once. Default: 1. */
  readonly concurrency?: number;
  /** How often a call that throws is repeated, after a growing pause. Default: 0. */
  readonly retries?: number;
  /** Rows of one input batch at most. Default: 10,000. */
  readonly batchSize?: number;
}

/** An Arrow record batch or table, whatever copy of the package it is from. */
interface OutputBatch {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly unknown[] };
}

/** What a transform may yield: a row, or an Arrow record batch or table with the declared columns, or arrays of them. */
export type TransformOutput<Columns extends Readonly<Record<string, string>>> =
  | OutputRow<Columns>
  | OutputBatch
  | readonly OutputRow<Columns>[]
  | readonly OutputBatch[];

/** A model whose rows come from code. */
export class TransformModel<
  Row = unknown,
  Columns extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  constructor(
    readonly input: Expression<Row>,
    readonly options: TransformOptions<Columns>,
    readonly run: (batches: AsyncIterable<InputBatch<Row>>) => AsyncIterable<TransformOutput<Columns>>,
  ) {}
}

/**
 * A model whose rows come from code, for what SQL cannot do: calling an API, a model's inference, redaction.
 * Export it as the default of `models/x.ts`.
 *
 * The function gets the input's rows as Arrow record batches and yields rows or record batches. Batches are read
 * as they are asked for, and rows are stored as they are yielded, so memory stays bounded. It is called once for
 * the whole input; with `concurrency` or `retries` once for each batch, and results keep the order of the input.
 * The model is built again when its input or its code changes.
 *
 * ```ts
 * export default transform(ref('stg_orders'), { columns: { order_id: 'BIGINT', label: 'VARCHAR' } }, async function* (batches) {
 *   for await (const batch of batches) {
 *     for (const { order_id, status } of batch) yield { order_id, label: `order is ${status}` };
 *   }
 * });
 * ```
 *
 * @param input a table or a query
 */
export function transform<Row, const Columns extends Readonly<Record<string, string>>>(
  input: Expression<Row>,
  options: TransformOptions<Columns>,
  run: (batches: AsyncIterable<InputBatch<Row>>) => AsyncIterable<TransformOutput<Columns>>,
): TransformModel<Row, Columns> {
  if (!isOperationNodeSource(input)) {
    throw new TemplateError(
      'template/bad-value',
      'The first argument of transform is no table or query.',
      "write: transform(ref('…'), { columns }, async function* (batches) { … });",
    );
  }
  if (Object.keys(options?.columns ?? {}).length === 0) {
    throw new TemplateError(
      'template/bad-value',
      'A transform must say which columns it gives.',
      "write: { columns: { id: 'BIGINT' } }",
    );
  }
  for (const [name, least] of [
    ['concurrency', 1],
    ['retries', 0],
    ['batchSize', 1],
  ] as const) {
    const value = options[name];
    if (value === undefined || (Number.isInteger(value) && value >= least)) continue;
    throw new TemplateError(
      'template/bad-value',
      `"${name}" of a transform must be a whole number, at least ${least}.`,
    );
  }
  return new TransformModel(input, options, run);
}

export function isTransform(value: unknown): value is TransformModel {
  return value instanceof TransformModel;
}
