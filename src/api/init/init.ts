import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import { packageVersion } from '../../util/package-version.js';
import { leftToDo } from './left-to-do.js';
import { projectFiles } from './project-files.js';

export interface InitOptions {
  /** Absolute path; made if it is not there. */
  readonly dir: string;
  readonly name: string;
}

/** Files that a folder may have before it is a project: they stay as they are. */
const household: ReadonlySet<string> = new Set(['package.json', 'tsconfig.json', '.gitignore', 'README.md']);

export interface NewProject {
  /** Paths of the files that were written, relative to the folder. */
  readonly files: readonly string[];
  /** What is left to a person in files that were there already. */
  readonly notes: readonly string[];
}

/**
 * Makes a small project that builds at once. Nothing is overwritten. Throws `DiagnosticError` when a file of a project
 * is there already.
 */
export async function init({ dir, name }: InitOptions): Promise<NewProject> {
  const files = Object.entries(projectFiles(projectName(name), packageVersion()));
  const present = new Set(files.map(([path]) => path).filter((path) => existsSync(join(dir, path))));
  const inTheWay = [...present].filter((path) => !household.has(path));
  if (inTheWay.length > 0) {
    throw new DiagnosticError([
      errorDiagnostic(
        'init/not-empty',
        `${dir} holds a project already: ${inTheWay.slice(0, 3).join(', ')}${inTheWay.length > 3 ? ', …' : ''}`,
        {
          hint: 'name a new folder: etl init my-project',
        },
      ),
    ]);
  }
  const written = files.filter(([path]) => !present.has(path));
  for (const [path, text] of written) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
  }
  return { files: written.map(([path]) => path), notes: await leftToDo(dir, present) };
}

/** A folder's name as the name of a project and an npm package. */
function projectName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '');
  return plain === '' ? 'my-project' : plain;
}
