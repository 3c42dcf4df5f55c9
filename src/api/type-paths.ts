import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the types are of packages that a project need not install itself. */
export function typePaths(rootDir: string): Readonly<Record<string, string>> {
  const kysely = fromProject(rootDir, 'kysely') ? {} : { kysely: typesOfKysely() };
  return { parquetry: ownTypes(), ...kysely };
}

function ownTypes(): string {
  return fileURLToPath(new URL('./types/index.d.ts', import.meta.url));
}

function typesOfKysely(): string {
  const main = createRequire(import.meta.url).resolve('kysely');
  return main.replace(/[\\/]cjs[\\/]index\.js$/, '/esm/index.d.ts');
}

function fromProject(rootDir: string, name: string): boolean {
  try {
    createRequire(pathToFileURL(join(rootDir, 'package.json'))).resolve(name);
    return true;
  } catch {
    return false;
  }
}
