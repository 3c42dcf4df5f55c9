import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

/**
 * Bundles the ES module entry points, with the type declarations beside them, and returns whether those are
 * without errors. The entry points have shared chunks. Small packages are bundled, because loading
 * hundreds of modules costs more than running a build.
 * @param {string} outdir
 */
export async function bundle(outdir) {
  const types = emitTypes(`${outdir}/types`);
  const { metafile } = await build({
    metafile: true,
    entryPoints: {
      index: 'src/index.ts',
      testing: 'src/testing.ts',
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
    external: ['@duckdb/node-bindings', 'apache-arrow', 'esbuild', 'typescript', 'chokidar', '@aws-sdk/*'],
    // Bundled CommonJS packages still call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const licenses = thirdPartyLicenses(Object.keys(metafile.inputs));
  writeFileSync(join(outdir, 'third-party-licenses.txt'), licenses);
  return types;
}

/**
 * @param {string} outDir
 * @returns {Promise<boolean>}
 */
function emitTypes(outDir) {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', outDir];
  return new Promise((resolve) => {
    spawn(process.execPath, tsc, { stdio: 'inherit' }).on('close', (code) => resolve(code === 0));
  });
}
