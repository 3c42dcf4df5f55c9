import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the types are of packages that a project need not install itself. */
export function typePaths(rootDir: string): Readonly<Record<string, string>> {
  const kysely = fromProject(rootDir, 'kysely') ? {} : { kysely: typesOfKysely() };
  return { parquetry: ownTypes('index'), 'parquetry/testing': ownTypes('testing'), ...kysely };
}

function ownTypes(name: string): string {
  return fileURLToPath(new URL(`./types/${name}.d.ts`, import.meta.url));
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

const usesNode =
  /\bnode:|\b(fetch|console|process|Buffer|URL|URLSearchParams|AbortSignal|AbortController|TextEncoder|TextDecoder|crypto|performance|structuredClone|setTimeout|setInterval|clearTimeout|Response|Request|Headers|FormData|Blob|atob|btoa)\b/;

/**
 * The types of Node, for projects whose TypeScript uses something of it: the project's own, or else those that
 * come with the tool. Reading them takes longer than all the rest of a small project.
 */
export function nodeTypes(rootDir: string, texts: readonly string[]): readonly string[] {
  if (!texts.some((text) => usesNode.test(text))) return [];
  if (fromProject(rootDir, '@types/node/package.json')) return ['node'];
  return [dirname(createRequire(import.meta.url).resolve('@types/node/package.json'))];
}
