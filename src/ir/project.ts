import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { CompatibilityMode } from '../schema/compatibility.js';
import type { PlainValue, Scalar } from './plain-value.js';
import type { WrittenUnitTest } from './unit-test.js';

/** Everything that a project's files say, before any SQL is looked at. */
export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds `etl.yml`. */
  readonly rootDir: string;
  readonly target: Target;
  readonly targetNames: readonly string[];
  readonly vars: Readonly<Record<string, PlainValue>>;
  /** Texts in them that the environment gave, by the variable's name: never print these. */
  readonly secretVars: Readonly<Record<string, readonly string[]>>;
  readonly engine: EngineSettings;
  readonly sources: readonly SourceTable[];
  readonly seeds: readonly SeedFile[];
  readonly models: readonly ModelFile[];
  /** `tests/**\/*.sql`: each a query that returns the rows that should not be there. */
  readonly tests: readonly TestFile[];
  /** Of all files `tests/**\/*.yml`. */
  readonly unitTests: readonly WrittenUnitTest[];
  /** `macros/**\/*.ts`, sorted by path. */
  readonly macros: readonly TextFile[];
  /** `macros/**\/*.sql`: plain CREATE MACRO statements, sorted by path. */
  readonly sqlMacros: readonly TextFile[];
}

/** Where a run reads and writes. */
export interface Target {
  readonly name: string;
  /** A folder (absolute) or `s3://bucket/prefix`. */
  readonly lake: string;
  /** Where that stands; absent for the default. */
  readonly lakeSpan?: Span;
  /** Connection settings of the object store, secrets included: never print this. */
  readonly s3?: Readonly<Record<string, PlainValue>>;
  /** Why it cannot be used, such as a variable of the environment that is not set. */
  readonly problems?: readonly Diagnostic[];
}

export interface EngineSettings {
  /** Default: the machine's cores. */
  readonly threads?: number;
  /** As DuckDB reads it, such as `4GB`. Default: 75 % of the machine's memory. */
  readonly memoryLimit?: string;
  /** SQL run on every connection: settings, secrets, extensions that the person has. */
  readonly init?: string;
  /** Where that stands. */
  readonly initSpan?: Span;
  /** It holds a value of the environment: it must not come into any file. */
  readonly initIsSecret?: true;
}

export interface TextFile {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Hash of the bytes. */
  readonly hash: string;
}

/** A node's settings as the person wrote them (front matter over folder defaults), validated. */
export interface NodeConfig {
  readonly description?: string;
  readonly materialized: string;
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly partitionBy: readonly string[];
  /** Project each committed version to a plain folder. */
  readonly publish: boolean;
  /** What the table's schema pin promises; default: `forward`. */
  readonly compatibility?: CompatibilityMode;
  readonly columns: readonly ColumnConfig[];
  /** Tests over the whole table. */
  readonly tests: readonly TestConfig[];
  /** Free notes for other tools. */
  readonly meta: Readonly<Record<string, PlainValue>>;
  /** What a materialization beyond the plain ones needs, such as `strategy` and `unique_key`. */
  readonly options: Readonly<Record<string, PlainValue>>;
}

export interface ColumnConfig {
  readonly name: string;
  readonly description?: string;
  readonly tests: readonly TestConfig[];
  /** The name that readers know the column by until now. */
  readonly renamedFrom?: string;
  readonly span?: Span;
}

/** What one data test asserts. Column tests carry the column in `columns`. */
export type TestAssertion =
  | { readonly kind: 'not_null'; readonly columns: readonly string[] }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | {
      readonly kind: 'accepted_values';
      readonly columns: readonly string[];
      readonly values: readonly Scalar[];
    }
  | {
      readonly kind: 'relationships';
      readonly columns: readonly string[];
      /** Name of the other table, such as `customers` or `shop.orders`. */
      readonly to: string;
      readonly field: string;
    }
  | { readonly kind: 'expression'; readonly expression: string }
  | { readonly kind: 'row_count'; readonly min?: number; readonly max?: number }
  | {
      readonly kind: 'freshness';
      /** The one that says when a row came or changed. */
      readonly columns: readonly string[];
      /** How old the newest row may be, as an interval of DuckDB, such as `12 hours`; the shortest first. */
      readonly after: readonly string[];
    };

export interface TestConfig {
  readonly assertion: TestAssertion;
  readonly name?: string;
  readonly severity: 'error' | 'warn';
  /** Only rows that meet this SQL condition are tested. */
  readonly where?: string;
  /** Conditions on the number of failing rows, such as `> 10`. Default of both: `> 0`. */
  readonly warnIf?: string;
  readonly errorIf?: string;
  readonly span?: Span;
}

/** A file under `models/`. */
export interface ModelFile extends TextFile {
  /** The file's name without its extension. */
  readonly name: string;
  readonly language: 'sql' | 'ts';
  /** Where the SQL starts in `text`, behind the front matter. */
  readonly bodyOffset: number;
  readonly config: NodeConfig;
  /** Spans of front-matter values by dotted path (`partition_by`, `columns.order_id`), for later errors. */
  readonly configSpans: Readonly<Record<string, Span>>;
}

/** A CSV file under `seeds/`; its settings may stand in `seeds/<name>.yml` beside it. */
export interface SeedFile extends TextFile {
  readonly name: string;
  readonly config: NodeConfig;
  /** Column types that the person fixed, by name; others are inferred. */
  readonly columnTypes: Readonly<Record<string, string>>;
  readonly configSpans: Readonly<Record<string, Span>>;
}

/** A file under `tests/`. */
export interface TestFile extends TextFile {
  readonly name: string;
  readonly bodyOffset: number;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly severity: 'error' | 'warn';
  readonly warnIf?: string;
  readonly errorIf?: string;
}

/** One table of one source in `sources.yml`. */
export interface SourceTable {
  readonly source: string;
  readonly table: string;
  /** `source.table`: how models name it. */
  readonly name: string;
  readonly connector: string;
  /** Validated by the connector's own schema; may hold secrets: never print it. */
  readonly options: Readonly<Record<string, PlainValue>>;
  readonly config: NodeConfig;
  /** Column types that the person fixed, by name; others are inferred. */
  readonly columnTypes: Readonly<Record<string, string>>;
  /** Its definition has errors, which were reported: never hand it to a connector. */
  readonly isBroken?: true;
  readonly span: Span;
  readonly configSpans: Readonly<Record<string, Span>>;
}
