import { build } from 'esbuild';

/**
 * Bundles the ES module entry points, with shared chunks. Small packages are bundled, because loading
 * hundreds of modules costs more than running a build.
 * @param {string} outdir
 */
export async function bundle(outdir) {
  await build({
    entryPoints: {
      index: 'src/index.ts',
      cli: 'src/cli/main.ts',
      'type-check-worker': 'src/checker/type-check-worker.ts',
    },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    // Less to parse at every start; names stay, for stacks that people read.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
    // Native or large: loaded only by the command that needs them.
    external: ['@duckdb/*', 'apache-arrow', 'esbuild', 'typescript', 'chokidar', '@aws-sdk/*'],
    // Bundled CommonJS packages still call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}
