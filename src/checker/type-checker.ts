import path from 'node:path';
import {
  API,
  type Diagnostic,
  DiagnosticCategory,
  type Program,
  type Snapshot,
} from 'typescript/unstable/sync';
import { compilerDefaults } from './compiler-defaults.js';
import { leafModules } from './leaf-modules.js';
import { spawnApart } from './spawn-apart.js';

/** What TypeScript says about a module. Offsets are UTF-16 units; `end` is exclusive. */
export interface TsDiagnostic {
  /** As it was given: relative to the root, with forward slashes; absolute for a file outside of it. */
  readonly file?: string;
  readonly start: number;
  readonly end: number;
  /** TypeScript's number, such as 2322. */
  readonly code: number;
  /** TypeScript's words; a chain of reasons is one line each, indented. */
  readonly message: string;
  /** Other places that explain it. */
  readonly related: readonly Omit<TsDiagnostic, 'related'>[];
}

export interface TypeCheckerOptions {
  /** Absolute path of the project: modules resolve packages from here. */
  readonly rootDir: string;
  /** Where packages are that the project itself has not installed: absolute `.d.ts` path by name. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Beyond the strict defaults, as in a tsconfig. */
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
}

/** TypeScript in a process of its own, kept open so that a change costs milliseconds. */
export interface TypeChecker {
  /**
   * Checks modules, given by path relative to the root. They need not exist on disk, and hide files there;
   * what they import and is not among them is read from disk. The next call looks only at what differs from
   * this one.
   */
  check(modules: ReadonlyMap<string, string>): readonly TsDiagnostic[];
  /** Reads modules, as `check` does, so that checking them later has less to do. */
  load(modules: ReadonlyMap<string, string>): void;
  /** Forgets what was read from disk. */
  invalidate(): void;
  close(): void;
  /** Of TypeScript's process. A call that is under way fails when it is killed. */
  readonly processId: number | undefined;
}

/**
 * The only file that knows TypeScript's API, which is marked unstable: the dependency is pinned exactly.
 * All calls block. Modules are given through file system callbacks; what these do not know, TypeScript
 * looks up on disk.
 */
export function openTypeChecker(options: TypeCheckerOptions): TypeChecker {
  const root = options.rootDir.replaceAll('\\', '/').replace(/\/$/, '');
  const config = `${root}/.etl/check/tsconfig.json`;
  let files: ReadonlyMap<string, string> = new Map();
  let folders = new Set<string>();
  let leaves: ReadonlySet<string> = new Set();
  let snapshot: Snapshot | undefined;
  let checked: Checked | undefined;
  let stale = false;

  const fs = {
    readFile: (file: string) => files.get(file),
    // `undefined` makes TypeScript look on disk.
    fileExists: (file: string) => files.has(file) || undefined,
    directoryExists: (folder: string) => folders.has(folder) || undefined,
  };
  const api = spawnApart(() => new API({ cwd: root, fs }));
  const processId = killQuietly(api);

  const update = (modules: ReadonlyMap<string, string>): Program => {
    const before = files;
    const texts = new Map([...modules].map(([file, text]) => [`${root}/${file}`, text]));
    texts.set(config, configText(options, texts.keys()));
    files = texts;
    leaves = new Set([...leafModules(modules)].map((file) => `${root}/${file}`));
    folders = parentFolders(files.keys());
    const changes = fileChanges(before, files);
    if (!snapshot || stale || Object.values(changes).some((list) => list.length > 0)) {
      const old = snapshot;
      snapshot = api.updateSnapshot({
        ...(!old && { openProjects: [config] }),
        fileChanges: stale ? { invalidateAll: true } : changes,
      });
      old?.dispose();
      if (stale) checked = undefined;
      stale = false;
    }
    return programOf(snapshot, config);
  };

  return {
    check(modules) {
      const program = update(modules);
      const touched = checked && touchedFiles(checked.files, files).filter((file) => file !== config);
      if (
        checked &&
        touched?.every((file) => isLeafIn(file, checked!) && isLeafIn(file, { files, leaves }))
      ) {
        const gone = new Set(touched.map((file) => toRelative(file, root)));
        const fresh = touched.flatMap((file) => (files.has(file) ? fileDiagnostics(program, file) : []));
        const kept = checked.found.filter(({ file }) => !gone.has(file ?? ''));
        checked = { files, leaves, found: [...kept, ...toPlain(fresh, root)] };
      } else {
        checked = { files, leaves, found: toPlain(allDiagnostics(program), root) };
      }
      return checked.found;
    },
    load: (modules) => void update(modules),
    invalidate: () => {
      stale = true;
    },
    close: () => api.close(),
    processId,
  };
}

/** What was said last, and about which modules. */
interface Checked {
  readonly files: ReadonlyMap<string, string>;
  readonly leaves: ReadonlySet<string>;
  readonly found: readonly TsDiagnostic[];
}

/** Whether no other module sees a file, if it is there at all. */
function isLeafIn(file: string, { files, leaves }: Pick<Checked, 'files' | 'leaves'>): boolean {
  return !files.has(file) || leaves.has(file);
}

function configText(options: TypeCheckerOptions, files: Iterable<string>): string {
  const rootFiles = [...files].filter((file) => /\.[cm]?tsx?$/.test(file));
  const paths = Object.entries(options.paths ?? {}).map(([name, file]) => [
    name,
    [file.replaceAll('\\', '/')],
  ]);
  const compilerOptions = {
    ...compilerDefaults,
    paths: Object.fromEntries(paths),
    ...options.compilerOptions,
  };
  return JSON.stringify({ compilerOptions, files: rootFiles });
}

function fileChanges(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  return {
    created: [...after.keys()].filter((file) => !before.has(file)),
    changed: [...after].flatMap(([file, text]) =>
      before.has(file) && before.get(file) !== text ? [file] : [],
    ),
    deleted: [...before.keys()].filter((file) => !after.has(file)),
  };
}

function touchedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return Object.values(fileChanges(before, after)).flat();
}

function parentFolders(files: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = path.posix.dirname(file); !folders.has(folder); folder = path.posix.dirname(folder)) {
      folders.add(folder);
    }
  }
  return folders;
}

function programOf(snapshot: Snapshot, config: string): Program {
  const project = snapshot.getProject(config);
  if (!project) throw new Error(`TypeScript did not open ${config}.`);
  return project.program;
}

/** Errors of the configuration and of each file; a file that does not parse is not checked further. */
function allDiagnostics(program: Program): readonly Diagnostic[] {
  const syntactic = program.getSyntacticDiagnostics();
  const unparsable = new Set(syntactic.map((diagnostic) => diagnostic.fileName));
  return [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getProgramDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...syntactic,
    ...program.getSemanticDiagnostics().filter((diagnostic) => !unparsable.has(diagnostic.fileName)),
  ];
}

function fileDiagnostics(program: Program, file: string): readonly Diagnostic[] {
  const syntactic = program.getSyntacticDiagnostics(file);
  return syntactic.length > 0 ? syntactic : program.getSemanticDiagnostics(file);
}

function toRelative(file: string, root: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

function toPlain(diagnostics: readonly Diagnostic[], root: string): readonly TsDiagnostic[] {
  const place = ({ fileName, pos, end, code, ...rest }: Diagnostic) => ({
    ...(fileName !== undefined && { file: toRelative(fileName, root) }),
    start: pos,
    end,
    code,
    message: chainText(rest, 0),
  });
  return diagnostics
    .filter((diagnostic) => diagnostic.category === DiagnosticCategory.Error)
    .map((diagnostic) => ({
      ...place(diagnostic),
      related: (diagnostic.relatedInformation ?? []).map(place),
    }));
}

function chainText({ text, messageChain }: Pick<Diagnostic, 'text' | 'messageChain'>, depth: number): string {
  const reasons = (messageChain ?? []).map((reason) => chainText(reason, depth + 1));
  return [`${'  '.repeat(depth)}${text}`, ...reasons].join('\n');
}

/**
 * TypeScript's process prints "context canceled" to our stderr when it is told to stop. It holds nothing
 * that could be lost, so it is ended without being asked. Returns its id.
 */
function killQuietly(api: API): number | undefined {
  const { client } = api as unknown as {
    client?: { channel?: { child?: { readonly pid?: number; kill(signal?: string): boolean } } };
  };
  const child = client?.channel?.child;
  if (!child) return undefined;
  const kill = child.kill.bind(child);
  child.kill = () => kill('SIGKILL');
  return child.pid;
}
