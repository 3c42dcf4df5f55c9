import { join } from 'node:path';

/** Where a project keeps what it makes besides a lake. */
export interface ProjectPaths {
  readonly root: string;
  /** `.etl` */
  readonly state: string;
  /** True where `.etl` may only be read: what is kept there is left out, and what a process needs lies elsewhere. */
  readonly isReadOnly: boolean;
  /** Remembered results of reading and compiling; losing them costs time only. */
  readonly cache: string;
  /** The code of macros, as it is loaded. */
  readonly macros: string;
  /** Copies of what lies in an object store. */
  readonly downloads: string;
  /** For the files of one run; removed when it ends. */
  readonly temp: string;
  /** `.etl/compiled`: expanded SQL for people to read. */
  readonly compiled: string;
  readonly manifest: string;
  /** Types of the project's tables, for editors. */
  readonly types: string;
  /** The results of the last run, for `result:` selectors and for tools. */
  readonly lastRun: string;
}

/** @param stead a folder for what must be written, where `.etl` may only be read */
export function projectPaths(root: string, stead?: string): ProjectPaths {
  const state = join(root, '.etl');
  const written = stead ?? state;
  return {
    root,
    state,
    isReadOnly: stead !== undefined,
    cache: join(state, 'cache'),
    macros: join(written, 'cache', 'macros'),
    downloads: join(written, 'cache', 'lake'),
    temp: join(written, 'tmp'),
    compiled: join(state, 'compiled'),
    manifest: join(state, 'manifest.json'),
    types: join(state, 'types'),
    lastRun: join(state, 'last-run.json'),
  };
}

/** The database file with a view for every table of a target's lake. */
export function catalogPath(paths: ProjectPaths, target: string): string {
  return join(paths.state, `${target}.duckdb`);
}

/** What `etl clean` removes, since it can be made again. Nothing else may lie there. */
export function madeAgain(paths: ProjectPaths, targets: readonly string[]): readonly string[] {
  const catalogs = targets.map((name) => catalogPath(paths, name));
  return [paths.cache, paths.compiled, paths.manifest, paths.temp, paths.types, ...catalogs];
}
