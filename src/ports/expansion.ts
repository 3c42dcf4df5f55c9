import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import type { TableSchema } from '../schema/table-schema.js';

/** What became of one model when it was expanded again: SQL, still waiting, or neither and diagnostics say why. */
export interface Reexpanded {
  readonly model?: ExpandedModel;
  readonly pending?: PendingModel;
  readonly diagnostics: readonly Diagnostic[];
}

/** All models of a project with their `${…}` run. `value` lacks models that failed or that wait for schemas. */
export interface Expansion extends Outcome<readonly ExpandedModel[]> {
  /** Models to expand again, inputs first, once the tables they need are bound. */
  readonly pending: readonly PendingModel[];
  /** Expands a pending model, by its path, with the columns that are known by now. */
  retry(path: string, schemaOf: (table: string) => TableSchema | undefined): Reexpanded;
  /** The `config` objects that models in TypeScript export, by model name; not validated. */
  readonly configs: Readonly<Record<string, unknown>>;
}
