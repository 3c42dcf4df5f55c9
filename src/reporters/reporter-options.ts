import type { ReadSource } from '../diagnostics/render-diagnostics.js';
import type { TextStyle } from '../util/text-style.js';

/** Where text goes. A terminal has a size. */
export interface TextOutput {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

/** What a reporter is given. Streams, clock and files come from outside, so that tests see exact text. */
export interface ReporterOptions {
  /** Results. */
  readonly stdout: TextOutput;
  /** Progress, errors and everything else. */
  readonly stderr: TextOutput;
  /** Asked anew for every text: a terminal can be resized. */
  readonly style: (output: 'stdout' | 'stderr') => TextStyle;
  /** `quiet` shows failures only, `verbose` also what is reused and every test that passed. */
  readonly detail: 'quiet' | 'normal' | 'verbose';
  /** Without the lines that greet and part: for runs that follow each other, as in watch. */
  readonly brief?: boolean;
  /** What commands that are suggested need to mean the same project, target and variables, such as `-t prod`. */
  readonly projectFlags?: string;
  readonly readSource: ReadSource;
  /** Milliseconds. */
  readonly now: () => number;
  /** Folder that annotations are relative to: the repository's; and the project's folder in it. */
  readonly projectPath: string;
}
