import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkTypes } from '../checker/check-types.js';
import { openWorkerChecker } from '../checker/worker-checker.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Expansion } from '../ports/expansion.js';
import { nodeTypes, typePaths } from './type-paths.js';
import type { Workspace } from './workspace.js';

/** What a project has that TypeScript checks. */
export type TypedParts = Pick<Expansion, 'scanned' | 'scope'> & {
  /** The generated declarations of its tables and variables. */
  readonly types: string;
};

/**
 * Type-checks every `${…}`, every macro file and every TypeScript model of a project. TypeScript runs beside
 * this thread, and only when something is not remembered. Settings of a person's own tsconfig do not count:
 * the same project has the same errors everywhere.
 */
export function typeCheck(workspace: Workspace, parts: TypedParts): Promise<readonly Diagnostic[]> {
  const { project, paths, memo } = workspace;
  const files = [...project.macros, ...project.models.filter(({ language }) => language === 'ts')];
  const packagePaths = typePaths(paths.root);
  const types = nodeTypes(
    paths.root,
    files.map(({ text }) => text),
  );
  const changed = changeTimes(paths.root, packagePaths);
  const environment = JSON.stringify([paths.root, packagePaths, types, changed]);
  return checkTypes(
    { types: parts.types, templates: parts.scanned, files, scope: parts.scope },
    {
      environment,
      memo,
      async check(modules) {
        const checker = await workspace.typeChecker(environment, () =>
          openWorkerChecker(
            { rootDir: paths.root, paths: packagePaths, compilerOptions: { types } },
            workerScript(),
          ),
        );
        return checker.check(modules);
      },
    },
  );
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
