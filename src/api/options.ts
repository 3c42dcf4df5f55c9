import type { PlainValue } from '../ir/plain-value.js';
import type { RunEvent } from '../ir/run-event.js';
import type { Sample } from './sample.js';

/** Which project, and as what. */
export interface ProjectOptions {
  /** Where the search for `etl.yml` starts, upwards. Default: the current folder. */
  readonly projectDir?: string | undefined;
  /** A target of `etl.yml`. Default: its `default_target`. */
  readonly target?: string | undefined;
  /** Replace variables of `etl.yml`. */
  readonly vars?: Readonly<Record<string, PlainValue>> | undefined;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** False runs the project's TypeScript without checking its types. */
  readonly typeCheck?: boolean | undefined;
  /** Overrides `engine.threads`: how many models run at once, and DuckDB's threads. Default: the machine's cores. */
  readonly threads?: number | undefined;
  /**
   * Aborting it stops what is being done. A run ends as `interrupted` and leaves the lake as it was; what only
   * compiles throws an `EngineError` of kind `interrupted`.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Which nodes, in the selection grammar; nothing means all of them. */
export interface SelectionOptions {
  readonly select?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** A target of `etl.yml` whose lake `state:` and `source_status:` compare with. Default: the own lake. */
  readonly state?: string | undefined;
}

export interface RunOptions extends ProjectOptions, SelectionOptions {
  /** Builds tables even where nothing changed. */
  readonly fullRefresh?: boolean | undefined;
  /** Lands a sample of the sources' rows only. Default: all rows. */
  readonly sample?: Sample | undefined;
  /** Reads what is neither chosen nor in the own lake from the lake of `state`, instead of building it. */
  readonly defer?: boolean | undefined;
  /** Stops at the first failure. What was sound until then is committed. */
  readonly failFast?: boolean | undefined;
  /** Fails where a schema pin does not say what the project makes, and writes none. Default: false. */
  readonly frozen?: boolean | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}
