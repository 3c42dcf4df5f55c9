import type { Interval } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier, quoteRelation, quoteString } from '../util/sql-quote.js';
import type { RelationSession } from './session.js';
import { momentSql, momentType } from './time-bounds.js';

/** A table that a query reads, and the column that says when its rows happened. */
export interface TimedInput {
  readonly name: string;
  readonly eventTime: Column;
}

let scopes = 0;

/**
 * Names under which a query sees only the rows of its batch. They stand in a catalog of their own, which a
 * connection searches first; the batch's bounds are variables of the connection, so that batches may run at once.
 */
export class BatchScope {
  readonly #catalog = `etl_batches_${++scopes}`;
  readonly #types: readonly string[];

  private constructor(
    private readonly session: RelationSession,
    private readonly inputs: readonly TimedInput[],
    private readonly neighbours: readonly string[],
    sample: Interval,
  ) {
    this.#types = [...new Set(inputs.map(({ eventTime }) => momentType(eventTime, sample)))];
  }

  /**
   * `reads` are all tables that the query may name, those that are read whole among them. `sample` is any batch: all
   * have bounds of the same kind.
   */
  static async open(
    session: RelationSession,
    inputs: readonly TimedInput[],
    reads: readonly string[],
    sample: Interval,
  ): Promise<BatchScope> {
    const scope = new BatchScope(session, inputs, besideOf(inputs, reads), sample);
    if (inputs.length > 0) await session.alter(scope.#definition(sample));
    return scope;
  }

  /** Runs an action on a connection that sees only the rows of a batch. */
  async use<T>(connection: EngineConnection, batch: Interval, action: () => Promise<T>): Promise<T> {
    if (this.inputs.length === 0) return action();
    const variables = this.#types.flatMap((type) => [
      `set variable ${variable('start', type)} = ${momentSql(type, batch.start)};`,
      `set variable ${variable('end', type)} = ${momentSql(type, batch.end)};`,
    ]);
    await connection.run(`${variables.join(' ')} set search_path = '${this.#catalog}.main,memory.main'`);
    try {
      return await action();
    } finally {
      await connection.run('reset search_path');
    }
  }

  async close(): Promise<void> {
    if (this.inputs.length > 0) await this.session.alter(`detach ${this.#catalog}`);
  }

  #definition(sample: Interval): string {
    const statements = [`attach ':memory:' as ${this.#catalog};`];
    for (const schema of schemasOf(this.inputs)) {
      statements.push(`create schema ${this.#catalog}.${quoteIdentifier(schema)};`);
    }
    for (const name of this.neighbours) {
      const relation = quoteRelation(name);
      statements.push(`create view ${this.#catalog}.${relation} as select * from memory.${relation};`);
    }
    for (const { name, eventTime } of this.inputs) {
      const relation = name.includes('.') ? quoteRelation(name) : `main.${quoteIdentifier(name)}`;
      const type = momentType(eventTime, sample);
      const column = quoteIdentifier(eventTime.name);
      const bound = (which: string) => `getvariable(${quoteString(variable(which, type))})`;
      statements.push(
        `create view ${this.#catalog}.${relation} as select * from memory.${relation}
         where ${column} >= ${bound('start')} and ${column} < ${bound('end')};`,
      );
    }
    return statements.join('\n');
  }
}

function schemasOf(inputs: readonly TimedInput[]): ReadonlySet<string> {
  return new Set(inputs.flatMap(({ name }) => (name.includes('.') ? [name.split('.')[0]!] : [])));
}

/** Tables that are read whole in the schema of one that is not: a schema of the scope hides all of that name. */
function besideOf(inputs: readonly TimedInput[], reads: readonly string[]): readonly string[] {
  const schemas = schemasOf(inputs);
  const cut = new Set(inputs.map(({ name }) => name));
  return reads.filter((name) => !cut.has(name) && schemas.has(name.split('.')[0]!) && name.includes('.'));
}

function variable(which: string, type: string): string {
  return `etl_batch_${which}_${type.toLowerCase().replaceAll(/\W+/g, '_')}`;
}
