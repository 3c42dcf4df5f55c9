import type { PlainValue } from '../ir/plain-value.js';
import type { TextFile } from '../ir/project.js';
import type { Reexpanded } from '../ports/expansion.js';
import type { Memo } from '../ports/memo.js';
import type { rememberedOf } from '../util/remembered-of.js';
import type { Template } from './evaluate-template.js';
import type { Batch, TargetInfo } from './expansion-context.js';
import type { ScannedTemplate } from './scan-template.js';

/** A model (or test) to expand; `language` defaults to `sql`. */
export interface ModelTemplate extends Template {
  readonly language?: 'sql' | 'ts';
}

export interface ExpandOptions {
  readonly rootDir: string;
  /** Absolute path of a folder for bundled macros, such as `<root>/.etl/cache/macros`. */
  readonly cacheDir: string;
  readonly memo: Memo;
  /** `macros/**\/*.ts`, sorted by path. */
  readonly macros: readonly TextFile[];
  readonly vars: Readonly<Record<string, PlainValue>>;
  /** Texts in variables that came from the environment, by the variable's name. Default: none. */
  readonly secretVars?: Readonly<Record<string, readonly string[]>>;
  readonly target: TargetInfo;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names that `ref` and `source` may take. Default: any; the compiler finds unknown ones later. */
  readonly relations?: ReadonlySet<string>;
  /** Whether a model only adds rows in this run. Default: none does. */
  readonly isIncremental?: (model: string) => boolean;
  /** The batch that a model is expanded for; `config` is what a model in TypeScript exports as such. */
  readonly batchOf?: (model: string, config: unknown) => Batch | undefined;
  /** What templates came to before, in this process and with the same `env`. */
  readonly known?: KnownExpansions;
}

/** Remembers what templates came to, with all that it depends on besides `env` as the key. */
export type KnownExpansions = ReturnType<typeof rememberedOf<ModelTemplate, Reexpanded>>;

/** A template with what was found in it. */
export interface TemplateToRun {
  readonly template: ModelTemplate;
  readonly scanned: ScannedTemplate;
}
