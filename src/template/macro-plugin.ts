import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, Plugin } from 'esbuild';
import { hash } from '../util/hash.js';
import { withBundlePlace, withOwnPlace } from './file-places.js';
import { brokenModuleError } from './template-error.js';

/** Where a bundle finds the API of the tool that runs it, so that a project need not install the package. */
export const apiSymbol = Symbol.for('parquetry.api');

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.json': 'json',
};

// Whatever is imported from a file that does not parse throws when it is used. esbuild copies the own
// properties of such a module and keeps its prototype, so that is where the trap is.
const brokenModule = `module.exports = Object.create(new Proxy({}, {
  get(_, key) {
    if (key === '__esModule') return false;
    throw Object.assign(new Error('This module does not parse.'), { name: '${brokenModuleError}' });
  },
}));`;

export interface MacroPluginOptions {
  readonly rootDir: string;
  /** Texts of files that were read already, by path relative to the root. */
  readonly texts: ReadonlyMap<string, string>;
  /** Files that do not parse: a stand-in is bundled in their place. */
  readonly broken: ReadonlySet<string>;
  /** Source of modules that the running tool provides, by name. */
  readonly modules: Readonly<Record<string, string>>;
  /** With what `file-places.ts` has; without it, where the project lies is no part of the code. */
  readonly knowsPlaces?: boolean;
  /** Called for every file that becomes part of the bundle. */
  readonly onInput: (file: string, hash: string, text: string) => void;
  /** Called for every module that stays outside. */
  readonly onPackage?: () => void;
}

/**
 * Bundles the project's own files, with exactly the contents that the project was read with. Packages stay
 * outside and load as in Node; 'parquetry' is the running tool itself, and so is 'kysely' where the project
 * has not installed it.
 */
export function macroPlugin(options: MacroPluginOptions): Plugin {
  return {
    name: 'macros',
    setup(build) {
      build.onResolve({ filter: /^parquetry$/ }, () => ({ path: 'parquetry', namespace: 'provided' }));
      build.onLoad({ filter: /.*/, namespace: 'provided' }, (args) => ({
        contents: options.knowsPlaces
          ? withBundlePlace(options.modules[args.path]!)
          : options.modules[args.path]!,
        loader: 'js',
      }));
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.pluginData === 'resolving' || args.kind === 'entry-point') return undefined;
        const { resolveDir, kind, importer } = args;
        const found = await build.resolve(args.path, { resolveDir, kind, importer, pluginData: 'resolving' });
        if (found.errors.length > 0) {
          if (args.path === 'apache-arrow') return { path: ownArrow(), external: true };
          return args.path in options.modules
            ? { path: args.path, namespace: 'provided' }
            : { errors: found.errors };
        }
        const isPackage = found.external || found.path.includes(`${path.sep}node_modules${path.sep}`);
        if (!isPackage) return found;
        options.onPackage?.();
        return { path: args.path, external: true };
      });
      const relative = (file: string) => path.relative(options.rootDir, file).split(path.sep).join('/');
      const input = async (file: string): Promise<string> => {
        const text = options.texts.get(relative(file)) ?? (await readFile(file, 'utf8'));
        options.onInput(relative(file), hash(text), text);
        return text;
      };
      // A namespace of its own: below a package.json with "type": "module" the stand-in would not be CommonJS.
      build.onResolve({ filter: /^\.{1,2}\// }, async (args) => {
        if (args.pluginData === 'resolving' || options.broken.size === 0) return undefined;
        const { resolveDir, kind, importer } = args;
        const found = await build.resolve(args.path, { resolveDir, kind, importer, pluginData: 'resolving' });
        return options.broken.has(relative(found.path)) ? { ...found, namespace: 'broken' } : found;
      });
      build.onLoad({ filter: /.*/, namespace: 'broken' }, async (args) => {
        await input(args.path);
        return { contents: brokenModule, loader: 'js' };
      });
      build.onLoad({ filter: /\.[cm]?[jt]sx?$|\.json$/ }, async (args) => {
        const text = await input(args.path);
        const loader = loaders[path.extname(args.path)] ?? 'js';
        const asksForPlace = options.knowsPlaces && loader !== 'json';
        return { contents: asksForPlace ? withOwnPlace(text, args.path) : text, loader };
      });
    },
  };
}

/** The ES module that this code imports as `apache-arrow` itself; beside it lies the CommonJS one that is found. */
function ownArrow(): string {
  const found = createRequire(import.meta.url).resolve('apache-arrow');
  return pathToFileURL(found.replace(/\.js$/, '.mjs')).href;
}
