import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { Transform } from './transform.js';

/** What became of one model when it was expanded again: SQL, still waiting, or neither and diagnostics say why. */
export interface Reexpanded {
  readonly model?: ExpandedModel;
  readonly pending?: PendingModel;
  readonly diagnostics: readonly Diagnostic[];
}

/** For which kind of run a model is expanded. */
export interface ExpansionMode {
  readonly incremental: boolean;
  /** The stretch of time of one batch; ISO 8601 texts, `end` exclusive. */
  readonly batch?: { readonly start: string; readonly end: string };
  /** Over those of the project. */
  readonly vars?: Readonly<Record<string, PlainValue>>;
}

/** A file of SQL with the TypeScript of its `${…}`, for type checking. */
export interface ScannedFile {
  readonly path: string;
  readonly text: string;
  readonly expressions: readonly {
    readonly code: string;
    /** Where `code` starts in `text`. */
    readonly codeStart: number;
    /** Names that it uses and does not declare itself. */
    readonly identifiers: readonly { readonly name: string }[];
  }[];
}

/** All models of a project with their `${…}` run. `value` lacks models that failed or that wait for schemas. */
export interface Expansion extends Outcome<readonly ExpandedModel[]> {
  /** Models to expand again, inputs first, once the tables they need are bound. */
  readonly pending: readonly PendingModel[];
  /**
   * Expands a model again, by its path: with the columns that are known by now, or for another kind of run. Gives
   * nothing for a model without expressions.
   */
  retry(path: string, schemaOf: (table: string) => TableSchema | undefined, mode?: ExpansionMode): Reexpanded;
  /** The `config` objects that models in TypeScript export, by model name; not validated. */
  readonly configs: Readonly<Record<string, unknown>>;
  /** The code of the models that are transforms, by model name. */
  readonly transforms: ReadonlyMap<string, Transform>;
  /** Paths of the files that are run each time, since their code may give something else with the same values. */
  readonly unrepeatable: readonly string[];
  /** Files with at least one `${…}`. */
  readonly scanned: readonly ScannedFile[];
  /** Where each name that expressions may use comes from: `parquetry`, or the path of a macro file. */
  readonly scope: ReadonlyMap<string, string>;
  /** Changes when a file does that macros or models import and that is none of them. */
  readonly outsideKey: string;
}
