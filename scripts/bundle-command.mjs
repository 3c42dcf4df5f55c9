import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';

/**
 * Bundles the command: `start.cjs`, and the modules that it loads together with their compiled code. esbuild splits
 * ES modules only, so these are split as such and made CommonJS then. Returns the paths of what was bundled.
 * @param {string} outdir
 * @param {import('esbuild').BuildOptions} common
 */
export async function bundleCommand(outdir, common) {
  mkdirSync(outdir, { recursive: true });
  const { outputFiles, metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: { command: 'src/cli/main.ts' },
    entryNames: '[name]-[hash]',
    outdir,
    splitting: true,
    format: 'esm',
    sourcemap: 'inline',
    write: false,
  });
  const names = outputFiles.map(({ path }) => basename(path, '.js'));
  await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const name = basename(path, '.js');
      const { code, map } = await transform(named(text, names), {
        format: 'cjs',
        platform: 'node',
        target: common.target ?? 'es2022',
        minifyWhitespace: true,
        minifySyntax: true,
        define: { 'import.meta.url': '__url' },
        sourcefile: `${name}.js`,
        sourcemap: 'external',
      });
      writeFileSync(join(outdir, `${name}.cjs`), `${code}//# sourceMappingURL=${name}.cjs.map\n`);
      writeFileSync(join(outdir, `${name}.cjs.map`), map);
    }),
  );
  const entry = names.find((name) => name.startsWith('command-'));
  await build({
    ...common,
    entryPoints: { start: 'src/cli/start.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { bundledEntry: JSON.stringify(`${entry}.cjs`) },
  });
  return Object.keys(metafile.inputs);
}

/**
 * The text of a module with the names that the others have in the end, and with functions in place of `import()`,
 * which compiled code that was kept cannot do by itself.
 * @param {string} text
 * @param {readonly string[]} names
 */
function named(text, names) {
  const own = `"\\./(${names.join('|')})\\.js"`;
  const result = text
    .replaceAll(new RegExp(`\\bimport\\(${own}\\)`, 'g'), '__lazy("./$1.cjs")')
    .replaceAll(new RegExp(`\\b(from|import)${own}`, 'g'), '$1"./$2.cjs"')
    .replaceAll('await import(', 'await __import(');
  // In the text of a template it is none.
  const [left] = /\bimport\((?!\$\{).{0,40}/.exec(result) ?? [];
  if (left) throw new Error(`Write "await" in front of ${left}`);
  return result;
}
