import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { WorkerChecker } from '../checker/worker-checker.js';
import { connectors } from '../connectors/registry.js';
import { type Diagnostic, errorDiagnostic, type Outcome } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Project } from '../ir/project.js';
import { Lake } from '../lake/lake.js';
import { materializations } from '../materializations/registry.js';
import type { Engine } from '../ports/engine.js';
import type { Memo } from '../ports/memo.js';
import { findProjectRoot } from '../project/find-project-root.js';
import { type ReadProjectOptions, readProject } from '../project/read-project.js';
import type { KnownTexts } from '../project/read-text.js';
import { type FileMemo, openFileMemo } from '../storage/file-memo.js';
import { openStorage } from '../storage/registry.js';
import type { KnownExpansions } from '../template/expand-options.js';
import { rememberedOf } from '../util/remembered-of.js';
import { whyUnwritable } from '../util/why-unwritable.js';
import { openEngineIn } from './open-engine.js';
import type { ProjectOptions } from './options.js';
import { placeError } from './place-error.js';
import { type ProjectPaths, projectPaths } from './project-paths.js';
import { SpareEngine } from './spare-engine.js';

/** What a process keeps from one compile of a project to the next. */
export interface KeptBetweenCompiles {
  readonly expansions: KnownExpansions;
  /** The generated declarations of the project's tables, as they were last. */
  types?: string;
  /** Whether TypeScript is asked after compiling, so that it may begin before. */
  checksTypes?: boolean;
}

/** A project that is being worked on, with what is costly to open, opened when first asked for. */
export interface Workspace {
  readonly options: ProjectOptions;
  readonly paths: ProjectPaths;
  readonly project: Project;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly memo: Memo;
  readonly kept: KeptBetweenCompiles;
  readonly concurrency: number;
  /** The database in which models run. */
  openEngine(): Promise<Engine>;
  /** Opens an engine with nothing in it, which the caller closes. */
  openEmptyEngine(): Promise<Engine>;
  /** A database of empty tables, in which models are bound. */
  openBinder(): Promise<Engine>;
  /** Begins to open the next one of these. */
  prepareBinder(): void;
  lake(): Promise<Lake>;
  /** TypeScript, which stays open for the next check; another key is another one. */
  typeChecker(key: string, open: () => WorkerChecker): Promise<WorkerChecker>;
  /** Writes what was remembered so far. */
  saveMemo(): Promise<void>;
  /** The files that were read, as they were. */
  readonly texts: KnownTexts;
  /** The same resources with the project's files read again. */
  reread(): Promise<Outcome<Workspace | undefined>>;
  close(): Promise<void>;
}

/**
 * Finds and reads a project, or only some of its models. Undefined when there is none; errors in its files come
 * beside what could be read.
 */
export async function openWorkspace(
  options: ProjectOptions,
  pickModels?: ReadProjectOptions['pickModels'],
): Promise<Outcome<Workspace | undefined>> {
  const start = resolve(options.projectDir ?? '.');
  const root = findProjectRoot(start);
  if (root === undefined) return { value: undefined, diagnostics: [noProject(start)] };
  const stead = whyUnwritable(join(root, '.etl')) ? folderInStead() : undefined;
  const paths = projectPaths(root, stead);
  const memo = openFileMemo(join(paths.cache, 'memo'), { forgets: pickModels === undefined });
  const resources = new Resources(pickModels, stead);
  const read = await readFiles(options, paths, memo, resources).catch(async (thrown) => {
    await resources.close();
    throw thrown;
  });
  if (!read.value) {
    await resources.close();
    return { value: undefined, diagnostics: read.diagnostics };
  }
  return {
    value: new OpenWorkspace(options, paths, memo, read.value, resources),
    diagnostics: read.diagnostics,
  };
}

/** A folder for what this process must write; where there can be none, only what needs one fails. */
function folderInStead(): string {
  const prefix = join(tmpdir(), 'etl-');
  try {
    return mkdtempSync(prefix);
  } catch {
    return `${prefix}${process.pid}`;
  }
}

function readFiles(
  options: ProjectOptions,
  paths: ProjectPaths,
  memo: Memo,
  { texts, pickModels }: Resources,
): Promise<Outcome<Project | undefined>> {
  return readProject({
    rootDir: paths.root,
    ...(options.target !== undefined && { targetName: options.target }),
    ...(options.vars !== undefined && { vars: options.vars }),
    env: options.env ?? process.env,
    connectors: Object.values(connectors),
    materializations: Object.keys(materializations),
    placeError: (address, targets) => placeError(paths, address, targets),
    memo,
    texts,
    ...(pickModels && { pickModels }),
  });
}

/** What is said where no project is found. */
export function noProject(start: string): Diagnostic {
  return errorDiagnostic('project/not-found', `There is no etl.yml in ${start} or above it.`, {
    hint: existsSync(join(start, 'etl.yaml'))
      ? 'rename etl.yaml to etl.yml'
      : 'run "etl init my-project" to make a project, or name its folder with --project-dir',
  });
}

/** What stays open while a project is read again. */
class Resources {
  readonly texts: KnownTexts = new Map();
  readonly kept: KeptBetweenCompiles = { expansions: rememberedOf() };
  readonly spare = new SpareEngine();
  readonly #opened = new Map<string, Promise<unknown>>();

  constructor(
    readonly pickModels: ReadProjectOptions['pickModels'],
    /** A folder that goes when all is closed. */
    private readonly stead: string | undefined,
  ) {}

  once<T>(name: string, open: () => Promise<T>): Promise<T> {
    let opened = this.#opened.get(name) as Promise<T> | undefined;
    if (!opened) {
      opened = open();
      this.#opened.set(name, opened);
    }
    return opened;
  }

  async close(): Promise<void> {
    await this.spare.close();
    for (const [name, opened] of this.#opened) {
      if (name.startsWith('engine')) ((await opened) as Engine).close();
      if (name.startsWith('type-checker')) await ((await opened) as WorkerChecker).close();
    }
    this.#opened.clear();
    if (this.stead !== undefined) rmSync(this.stead, { recursive: true, force: true });
  }
}

class OpenWorkspace implements Workspace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly concurrency: number;

  constructor(
    readonly options: ProjectOptions,
    readonly paths: ProjectPaths,
    readonly memo: FileMemo,
    readonly project: Project,
    private readonly resources: Resources,
  ) {
    this.env = options.env ?? process.env;
    this.concurrency = options.threads ?? project.engine.threads ?? availableParallelism();
  }

  get texts(): KnownTexts {
    return this.resources.texts;
  }

  get kept(): KeptBetweenCompiles {
    return this.resources.kept;
  }

  openEngine(): Promise<Engine> {
    const { engine } = this.project;
    // Settings are part of the name: another etl.yml in watch mode opens another database.
    return this.resources.once(`engine ${JSON.stringify(engine)}`, () => this.openEmptyEngine());
  }

  openEmptyEngine(): Promise<Engine> {
    return openEngineIn(this.paths, { ...this.project.engine, threads: this.concurrency });
  }

  openBinder(): Promise<Engine> {
    return this.resources.spare.take(...this.#binderSource());
  }

  prepareBinder(): void {
    this.resources.spare.prepare(...this.#binderSource());
  }

  #binderSource(): [key: string, open: () => Promise<Engine>] {
    const { memoryLimit: _, ...engine } = this.project.engine;
    const settings = { ...engine, threads: this.concurrency };
    return [JSON.stringify(settings), () => openEngineIn(this.paths, settings)];
  }

  async lake(): Promise<Lake> {
    const { target } = this.project;
    if (target.problems) throw new DiagnosticError(target.problems);
    return this.resources.once(`lake ${JSON.stringify(target)}`, async () => {
      return new Lake(await openStorage(target, { cacheDir: this.paths.downloads }));
    });
  }

  typeChecker(key: string, open: () => WorkerChecker): Promise<WorkerChecker> {
    return this.resources.once(`type-checker ${key}`, async () => open());
  }

  async reread(): Promise<Outcome<Workspace | undefined>> {
    this.resources.spare.keep(...this.#binderSource());
    const { value, diagnostics } = await readFiles(this.options, this.paths, this.memo, this.resources);
    const next = value && new OpenWorkspace(this.options, this.paths, this.memo, value, this.resources);
    return { value: next, diagnostics };
  }

  saveMemo(): Promise<void> {
    return this.memo.flush();
  }

  async close(): Promise<void> {
    await this.memo.flush();
    await this.resources.close();
  }
}
