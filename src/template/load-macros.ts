import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import { provideApi, providedModules } from './api-module.js';
import { type Bundle, bundleMacros, type SourceFile, type TransformCode } from './bundle-macros.js';

export interface BundleFilesOptions {
  readonly rootDir: string;
  /** Absolute path of the folder for bundles. */
  readonly cacheDir: string;
  readonly memo: Memo;
  readonly macros: readonly SourceFile[];
  /** Models written in TypeScript. */
  readonly models: readonly SourceFile[];
}

/** TypeScript files of a project, bundled and ready to be loaded. */
export interface BundledFiles {
  /** Absolute path of the bundle; undefined when nothing could be bundled. */
  readonly file: string | undefined;
  /** The code that a transform runs, by the path of its file. */
  readonly codeOf: (path: string) => TransformCode | undefined;
  /** Changes when a file does that these import and that is none of them. */
  readonly outsideKey: string;
  /** Whether macros, as far as their text tells, give the same for the same arguments. */
  readonly isRepeatable: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

// Part of the key of what is remembered: raise it when the bundle's shape changes.
const format = '6';

/** Bundles files, or finds the bundle of the same contents that an earlier run made. */
export async function bundleFiles({
  rootDir,
  cacheDir,
  memo,
  macros,
  models,
}: BundleFilesOptions): Promise<BundledFiles> {
  const files = [...macros, ...models];
  const modules = providedModules();
  const key = hash(
    format,
    rootDir,
    ...Object.values(modules),
    String(macros.length),
    ...files.flatMap((file) => [file.path, file.text]),
  );
  const known = memo.get<Bundle>('macro-bundle', key);
  if (known && existsSync(path.join(cacheDir, known.file)) && (await isCurrent(known, rootDir, files))) {
    return { file: path.join(cacheDir, known.file), ...keysOf(known, files), diagnostics: [] };
  }
  const { bundle, diagnostics } = await bundleMacros({ rootDir, cacheDir, macros, models, modules });
  if (bundle && diagnostics.length === 0) memo.set<Bundle>('macro-bundle', key, bundle);
  return { file: bundle && path.join(cacheDir, bundle.file), ...keysOf(bundle, files), diagnostics };
}

function keysOf(
  bundle: Bundle | undefined,
  files: readonly SourceFile[],
): Pick<BundledFiles, 'codeOf' | 'outsideKey' | 'isRepeatable'> {
  const given = new Set(files.map((file) => file.path));
  const outside = bundle?.inputs.filter((input) => !given.has(input.path)) ?? [];
  return {
    codeOf: (name) => bundle?.codes[name],
    isRepeatable: bundle?.isRepeatable ?? false,
    outsideKey: outside.length === 0 ? '' : hash(...outside.flatMap((input) => [input.path, input.hash])),
  };
}

/** Whether the files that it imports from outside `files` are as they were. */
async function isCurrent(bundle: Bundle, rootDir: string, files: readonly SourceFile[]): Promise<boolean> {
  const given = new Set(files.map((file) => file.path));
  const others = bundle.inputs.filter((input) => !given.has(input.path));
  const same = await Promise.all(
    others.map(async (input) => {
      const text = await readFile(path.join(rootDir, input.path), 'utf8').catch(() => undefined);
      return text !== undefined && hash(text) === input.hash;
    }),
  );
  return same.every(Boolean);
}

export interface LoadedBundle {
  /** Exports of each macro file. */
  readonly macros: readonly Readonly<Record<string, unknown>>[];
  /** Loads each model's module; rejects with whatever its top-level code throws. */
  readonly models: readonly (() => Promise<Readonly<Record<string, unknown>>>)[];
}

/** Runs a bundle. Rejects with whatever the top-level code of a macro file throws. */
export async function loadBundle(file: string): Promise<LoadedBundle> {
  provideApi();
  const exports = Object.entries(await import(/* @vite-ignore */ pathToFileURL(file).href));
  const numbered = (name: string) => {
    const found = exports.filter(([key]) => key.startsWith(name));
    return found.sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, value]) => value);
  };
  return { macros: numbered('macro'), models: numbered('model') } as LoadedBundle;
}
