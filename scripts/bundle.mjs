import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleCommand } from './bundle-command.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Less to parse at every start; names stay, for stacks that people read.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
  // Native or large: loaded only by the command that needs them.
  external: ['@duckdb/node-bindings', 'apache-arrow', 'esbuild', 'typescript', 'chokidar', '@aws-sdk/*'],
};

/**
 * Bundles the command and what projects import, with the type declarations beside them, and returns whether those
 * are without errors. Small packages are bundled, because loading hundreds of modules costs more than running a build.
 * @param {string} outdir
 */
export async function bundle(outdir) {
  const types = emitTypes(`${outdir}/types`);
  const inputs = await Promise.all([bundleLibrary(outdir), bundleCommand(outdir, common)]);
  writeFileSync(join(outdir, 'third-party-licenses.txt'), thirdPartyLicenses(inputs.flat()));
  return types;
}

/**
 * What projects import, and what runs in threads of their own: ES modules with shared chunks.
 * @param {string} outdir
 */
async function bundleLibrary(outdir) {
  const { metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: {
      index: 'src/index.ts',
      testing: 'src/testing.ts',
      'type-check-worker': 'src/checker/type-check-worker.ts',
      'write-files-worker': 'src/api/write-files-worker.ts',
    },
    outdir,
    splitting: true,
    format: 'esm',
    sourcemap: true,
    // Bundled CommonJS packages still call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return Object.keys(metafile.inputs);
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
