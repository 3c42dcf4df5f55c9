import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { looksMeant } from './ignored-files.js';

/** Paths of everything that makes a project, by what it is, each list sorted. */
export interface ProjectFiles {
  readonly settings: readonly string[];
  readonly models: readonly string[];
  readonly seeds: readonly string[];
  readonly seedSettings: readonly string[];
  readonly tests: readonly string[];
  readonly unitTests: readonly string[];
  readonly macros: readonly string[];
  readonly sqlMacros: readonly string[];
  /** What looks like one of these and is none, such as `sources.yaml`. */
  readonly ignored: readonly string[];
  /** Links that lead out of the project or nowhere. */
  readonly brokenLinks: readonly string[];
  /** What nobody may list: that its files are unknown does not mean that there are none. */
  readonly closedFolders: readonly ClosedFolder[];
}

/** A folder, and why it cannot be listed, such as `EACCES`. */
export interface ClosedFolder {
  readonly path: string;
  readonly code: string;
}

const typeScript = /(?<!\.d|\.test|\.spec)\.ts$/;

/** Lists a project's files without reading them. Dot-folders, node_modules and linked folders are left out. */
export function listProjectFiles(rootDir: string): ProjectFiles {
  const brokenLinks: string[] = [];
  const closedFolders: ClosedFolder[] = [];
  const below = (folder: string) => {
    const paths: string[] = [];
    walk(rootDir, folder, { paths, brokenLinks, closedFolders });
    return paths.sort();
  };
  const models = below('models');
  const seeds = below('seeds');
  const macros = below('macros');
  const tests = below('tests');
  const files = {
    models: models.filter((path) => path.endsWith('.sql') || typeScript.test(path)),
    seeds: seeds.filter((path) => path.endsWith('.csv')),
    seedSettings: seeds.filter((path) => path.endsWith('.yml')),
    tests: tests.filter((path) => path.endsWith('.sql')),
    unitTests: tests.filter((path) => path.endsWith('.yml')),
    macros: macros.filter((path) => typeScript.test(path)),
    sqlMacros: macros.filter((path) => path.endsWith('.sql')),
  };
  const taken = new Set(Object.values(files).flat());
  const others = [...models, ...seeds, ...tests, ...macros].filter((path) => !taken.has(path));
  return {
    ...files,
    settings: walkRoot(rootDir, ['etl.yml', 'sources.yml']),
    ignored: [...walkRoot(rootDir, ['sources.yaml']), ...others.filter(looksMeant)],
    brokenLinks: brokenLinks.filter((path) => /\.(sql|ts|csv|yml)$/.test(path)),
    closedFolders,
  };
}

function walkRoot(rootDir: string, names: readonly string[]): readonly string[] {
  return names.filter((path) => statOf(join(rootDir, path))?.isFile());
}

interface Found {
  readonly paths: string[];
  readonly brokenLinks: string[];
  readonly closedFolders: ClosedFolder[];
}

function walk(rootDir: string, folder: string, found: Found): void {
  let entries: ReturnType<typeof readFolder>;
  try {
    entries = readFolder(join(rootDir, folder));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A link that leads nowhere is there, too.
    const isThere = lstatSync(join(rootDir, folder), { throwIfNoEntry: false }) !== undefined;
    if (isThere && code !== 'ENOTDIR') found.closedFolders.push({ path: folder, code });
    return;
  }
  const { paths, brokenLinks } = found;
  for (const entry of entries) {
    const { name } = entry;
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = `${folder}/${name}`;
    if (entry.isDirectory()) walk(rootDir, path, found);
    else if (entry.isFile()) paths.push(path);
    else if (entry.isSymbolicLink()) {
      if (leadsToFileInside(rootDir, path)) paths.push(path);
      else if (!statOf(join(rootDir, path))?.isDirectory()) brokenLinks.push(path);
    }
  }
}

function readFolder(path: string) {
  return readdirSync(path, { withFileTypes: true });
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function leadsToFileInside(rootDir: string, path: string): boolean {
  try {
    const real = realpathSync(join(rootDir, path));
    const inside = relative(realpathSync(rootDir), real);
    return (
      !inside.startsWith(`..${sep}`) && inside !== '..' && !isAbsolute(inside) && statSync(real).isFile()
    );
  } catch {
    return false;
  }
}
