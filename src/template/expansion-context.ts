import type { PlainValue } from '../ir/plain-value.js';
import type { TableSchema } from '../schema/table-schema.js';

/** What expressions may know of the target: nothing secret. */
export interface TargetInfo {
  readonly name: string;
}

/** The stretch of time that one run of a batched model covers; ISO 8601 texts, `end` exclusive. */
export interface Batch {
  readonly start: string;
  readonly end: string;
}

/** Everything that the helpers in scope read while one model is expanded, and what they note down. */
export interface ExpansionContext {
  /** Name of the model. */
  readonly name: string;
  readonly incremental: boolean;
  readonly batch: Batch | undefined;
  readonly vars: Readonly<Record<string, PlainValue>>;
  /** Texts in variables that the environment gave, by the variable's name. */
  readonly secretVars: Readonly<Record<string, readonly string[]>>;
  readonly target: TargetInfo;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names that `ref` and `source` may take; undefined where the caller checks them later. */
  readonly relations: ReadonlySet<string> | undefined;
  readonly schemaOf: (relation: string) => TableSchema | undefined;
  readonly refs: Set<string>;
  /** Relations whose columns were asked for and are not known. */
  readonly needs: Set<string>;
  /** What was read and the environment gave, directly or through a variable: never to be shown. */
  readonly secrets: Set<string>;
}

let current: ExpansionContext | undefined;

/** The context of the model being expanded; undefined while macro files are loaded. */
export function currentContext(): ExpansionContext | undefined {
  return current;
}

/** Runs an action for one model. Expressions are synchronous, so one variable is enough. */
export function withContext<T>(context: ExpansionContext, action: () => T): T {
  const before = current;
  current = context;
  try {
    return action();
  } finally {
    current = before;
  }
}
