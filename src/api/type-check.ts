import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { moduleKeys } from '../checker/check-modules.js';
import { checkTypes, projectModules, sharedModules, unknownTables } from '../checker/check-types.js';
import type { TemplateToCheck } from '../checker/expression-module.js';
import { groupModules } from '../checker/group-modules.js';
import { openWorkerChecker } from '../checker/worker-checker.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { TextFile } from '../ir/project.js';
import type { Expansion } from '../ports/expansion.js';
import { hash } from '../util/hash.js';
import { sampleBatch } from './expand-run.js';
import { nodeTypes, typePaths } from './type-paths.js';
import type { Workspace } from './workspace.js';

/** What a project has that TypeScript checks. */
export type TypedParts = Pick<Expansion, 'scanned' | 'scope' | 'outsideKey'> & {
  /** The generated declarations of its tables and variables. */
  readonly types: string;
};

/**
 * Type-checks every `${…}`, every macro file and every TypeScript model of a project. TypeScript runs beside
 * this thread, and only when something is not remembered. Settings of a person's own tsconfig do not count:
 * the same project has the same errors everywhere.
 */
export async function typeCheck(workspace: Workspace, parts: TypedParts): Promise<readonly Diagnostic[]> {
  const { types, scanned, scope, outsideKey } = parts;
  const { memo } = workspace;
  const settings = checkerSettings(workspace);
  const found = await checkTypes(
    { types, templates: templatesOf(workspace, scanned), files: typescriptFiles(workspace), scope },
    {
      environment: `${settings.key} ${outsideKey}`,
      memo,
      check: async (modules) => (await settings.open(outsideKey)).check(modules),
    },
  );
  memo.set('type-check', sourcesKey(workspace), true);
  return found;
}

/**
 * Starts TypeScript while the project compiles, where it will be needed: reading its own types and those of the
 * macro API takes most of the time of a first check.
 */
export function warmTypeCheck(workspace: Workspace): void {
  if (workspace.memo.get<boolean>('type-check', sourcesKey(workspace))) return;
  // What TypeScript has not seen, DuckDB has not either.
  workspace.prepareBinder();
  const modules = sharedModules(workspace.project.macros);
  void checkerSettings(workspace)
    .open('')
    .then((checker) => checker.load(modules))
    .catch(() => {});
}

/** Has TypeScript read what it will check, before the tables are known. */
export async function loadModules(workspace: Workspace, parts: Omit<TypedParts, 'types'>): Promise<void> {
  const templates = templatesOf(workspace, parts.scanned);
  const { modules } = projectModules({
    types: unknownTables,
    templates,
    files: typescriptFiles(workspace),
    scope: parts.scope,
  });
  const checker = await checkerSettings(workspace).open(parts.outsideKey);
  await checker.load(groupModules(modules, { templates, scope: parts.scope }).modules);
  // Which nothing waits for here, and checking does: it remembers the parts.
  moduleKeys(modules, '');
}

/** Only models that are built by intervals have a batch. */
function templatesOf({ project }: Workspace, scanned: TypedParts['scanned']): readonly TemplateToCheck[] {
  const { models, tests } = project;
  const hashes = new Map([...models, ...tests].map((file) => [file.path, file.hash]));
  const batched = new Set(models.flatMap(({ path, config }) => (sampleBatch(config.options) ? [path] : [])));
  return scanned.map(({ path, text, expressions }) => ({
    path,
    text,
    textKey: hashes.get(path) ?? text,
    expressions,
    ...(batched.has(path) && { defined: ['batch'] }),
  }));
}

function typescriptFiles({ project }: Workspace): readonly TextFile[] {
  return [...project.macros, ...project.models.filter(({ language }) => language === 'ts')];
}

/** Stands for all that a project's TypeScript is written in. */
function sourcesKey({ project }: Workspace): string {
  const files = [...project.macros, ...project.models, ...project.tests];
  return hash('sources', ...files.map((file) => file.hash));
}

/** Changes when TypeScript may come to something else for reasons that stand in no file of the project. */
export function typeEnvironmentKey(workspace: Workspace): string {
  return checkerSettings(workspace).key;
}

function checkerSettings(workspace: Workspace) {
  const { root } = workspace.paths;
  const paths = typePaths(root);
  const types = nodeTypes(
    root,
    typescriptFiles(workspace).map(({ text }) => text),
  );
  const key = JSON.stringify([root, paths, types, changeTimes(root, paths)]);
  const options = { rootDir: root, paths, compilerOptions: { types } };
  const open = (outsideKey: string) =>
    workspace.typeChecker(`${key} ${outsideKey}`, () => openWorkerChecker(options, workerScript()));
  return { key, open };
}

function workerScript(): URL {
  return new URL('./type-check-worker.js', import.meta.url);
}

/** Changes when packages do. */
function changeTimes(rootDir: string, paths: Readonly<Record<string, string>>): readonly number[] {
  const files = [
    ...Object.values(paths),
    ...['package.json', 'node_modules', 'node_modules/.package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'].map(
      (name) => join(rootDir, name),
    ),
  ];
  return files.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0));
}
