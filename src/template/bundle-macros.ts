import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildFailure, BuildResult, Message } from 'esbuild';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { hash } from '../util/hash.js';
import { fileDiagnostic } from './esbuild-messages.js';
import { filePlaces, filePlacesPlugin } from './file-places.js';
import { loadEsbuild } from './load-esbuild.js';
import { macroPlugin } from './macro-plugin.js';
import { isRepeatable } from './repeatable-code.js';
import { type UsedValues, usedValues } from './used-values.js';

/** A TypeScript file of the project; its path is relative to the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface BundleInput {
  /** Relative to the project's root. */
  readonly path: string;
  readonly hash: string;
}

export interface Bundle {
  /** File name in the cache folder; the source map is `<file>.map`. */
  readonly file: string;
  /** Every file of the project that is part of it. */
  readonly inputs: readonly BundleInput[];
  /** The code that a transform runs, by the path of its file. */
  readonly codes: Readonly<Record<string, TransformCode>>;
  /** Whether macros, as far as their text tells, give the same for the same arguments. */
  readonly isRepeatable: boolean;
}

export interface TransformCode {
  readonly hash: string;
  readonly uses: UsedValues;
}

export interface BundleOptions {
  readonly rootDir: string;
  /** Absolute path of the folder for bundles. */
  readonly cacheDir: string;
  readonly macros: readonly SourceFile[];
  readonly models: readonly SourceFile[];
  readonly modules: Readonly<Record<string, string>>;
}

const keptMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Bundles a project's TypeScript into one module. It exports each macro file's exports as `macro0`,
 * `macro1`, … and for each TypeScript model a function `model0`, … that loads it, so that one that throws
 * leaves the others alone. Files that do not parse are reported, all at once, and the rest is bundled
 * without them.
 */
export async function bundleMacros(
  options: BundleOptions,
): Promise<{ readonly bundle: Bundle | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const broken = new Set<string>();
  // Each round takes out at least one more file, or ends.
  for (;;) {
    const inputs = new Map<string, { hash: string; text: string }>();
    const textOf = (file: string) => inputs.get(file)?.text;
    try {
      const { result, usesPackages } = await runEsbuild(options, broken, inputs);
      const codes = await transformCodes(options, broken, inputs);
      const bundle = {
        file: await writeBundle(options.cacheDir, result),
        inputs: [...inputs].map(([name, input]) => ({ path: name, hash: input.hash })),
        codes,
        isRepeatable: !usesPackages && [...inputs.values()].every(({ text }) => isRepeatable(text)),
      };
      return { bundle, diagnostics };
    } catch (thrown) {
      const { errors } = thrown as BuildFailure;
      if (!errors) throw thrown;
      diagnostics.push(...errors.map((message) => toDiagnostic(message, textOf)));
      const found = errors.map((e) => e.location?.file).filter((file) => file !== undefined);
      const fresh = found.filter((file) => inputs.has(file) && !broken.has(file));
      if (fresh.length === 0) return { bundle: undefined, diagnostics };
      for (const file of fresh) broken.add(file);
    }
  }
}

function toDiagnostic(message: Message, textOf: (file: string) => string | undefined): Diagnostic {
  if (!message.location) return errorDiagnostic('template/macro-load-failed', message.text);
  // What is found while linking, and not while parsing, is about an import.
  const code =
    message.pluginName || /^\s*import\b|^\s*export\b.*\bfrom\b/.test(message.location.lineText)
      ? 'template/macro-load-failed'
      : 'template/syntax-error';
  return fileDiagnostic(code, message, textOf);
}

/** A project's `tsconfig.json` is for editors: what is bundled does not depend on it, nor on whether it can be read. */
const noTsconfig = '{}';

async function runEsbuild(
  { rootDir, cacheDir, macros, models, modules }: BundleOptions,
  broken: ReadonlySet<string>,
  inputs: Map<string, { hash: string; text: string }>,
): Promise<{ readonly result: BuildResult<{ write: false }>; readonly usesPackages: boolean }> {
  const { build } = loadEsbuild();
  const from = (file: SourceFile) => JSON.stringify(`./${file.path}`);
  const contents = [
    ...macros.map((file, i) => `export * as macro${i} from ${from(file)};`),
    ...models.map((file, i) => `export const model${i} = () => import(${from(file)});`),
  ].join('\n');
  let usesPackages = false;
  const result = await build({
    stdin: { contents, resolveDir: rootDir, sourcefile: 'macros', loader: 'js' },
    absWorkingDir: rootDir,
    outfile: path.join(cacheDir, 'bundle.mjs'),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    tsconfigRaw: noTsconfig,
    sourcemap: 'external',
    define: filePlaces,
    logLevel: 'silent',
    plugins: [
      filePlacesPlugin,
      macroPlugin({
        rootDir,
        texts: new Map([...macros, ...models].map((file) => [file.path, file.text])),
        broken,
        modules,
        knowsPlaces: true,
        onInput: (file, contentHash, text) => inputs.set(file, { hash: contentHash, text }),
        onPackage: () => {
          usesPackages = true;
        },
      }),
    ],
  });
  return { result, usesPackages };
}

/**
 * Bundles what the default export of each transform uses, and nothing else, without comments and blanks: its
 * settings and descriptions, and macros that it does not call, are no reason to run it again.
 */
async function transformCodes(
  { rootDir, macros, models, modules }: BundleOptions,
  broken: ReadonlySet<string>,
  inputs: ReadonlyMap<string, { readonly text: string }>,
): Promise<Bundle['codes']> {
  const isNamed = ({ text }: { readonly text: string }) => /\btransform\b/.test(text);
  const own = new Set(models.map((model) => model.path));
  // Any model may be a transform that a macro makes.
  const isMade = [...inputs].some(([file, input]) => !own.has(file) && isNamed(input));
  const transforms = models.filter((model) => (isMade || isNamed(model)) && !broken.has(model.path));
  if (transforms.length === 0) return {};
  const { build } = loadEsbuild();
  const texts = new Map([...macros, ...models].map((file) => [file.path, file.text]));
  const codes = await Promise.all(
    transforms.map(async ({ path: file }) => {
      const result = await build({
        stdin: { contents: `export { default } from ${JSON.stringify(`./${file}`)};`, resolveDir: rootDir },
        absWorkingDir: rootDir,
        bundle: true,
        write: false,
        format: 'esm',
        platform: 'node',
        target: 'node20',
        tsconfigRaw: noTsconfig,
        minifyWhitespace: true,
        logLevel: 'silent',
        plugins: [macroPlugin({ rootDir, texts, broken, modules, onInput: () => {} })],
      }).catch((thrown: BuildFailure) => {
        // One without a default export is no transform, which is said where it is expanded.
        if (!thrown.errors) throw thrown;
        return undefined;
      });
      const text = result?.outputFiles[0]?.text;
      return text === undefined ? [] : [[file, { hash: hash(text), uses: usedValues(text) }] as const];
    }),
  );
  return Object.fromEntries(codes.flat());
}

/** Writes the bundle under a name made from its contents, which it returns: Node never loads one module name twice. */
async function writeBundle(cacheDir: string, result: BuildResult<{ write: false }>): Promise<string> {
  const code = result.outputFiles.find((file) => file.path.endsWith('.mjs'))!.text;
  const map = result.outputFiles.find((file) => file.path.endsWith('.map'))!.text;
  const file = `${hash(code)}.mjs`;
  await mkdir(cacheDir, { recursive: true });
  await removeOld(cacheDir);
  await writeWhole(path.join(cacheDir, `${file}.map`), map);
  await writeWhole(path.join(cacheDir, file), `${code}//# sourceMappingURL=${file}.map\n`);
  return file;
}

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}

/** Another process may be about to load a bundle, so only old ones go. */
async function removeOld(cacheDir: string): Promise<void> {
  const oldest = Date.now() - keptMs;
  for (const name of await readdir(cacheDir)) {
    const file = path.join(cacheDir, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < oldest) await rm(file, { force: true });
  }
}
