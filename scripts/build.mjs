// Builds dist/: two ES module entry points that share chunks, and the type declarations.
// Small packages are bundled, because loading hundreds of modules costs more than running a build.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });

await build({
  entryPoints: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  logLevel: 'warning',
  // Native or large: loaded only by the command that needs them.
  external: ['@duckdb/node-api', 'apache-arrow', 'esbuild', 'typescript', 'chokidar', '@aws-sdk/*'],
  // Bundled CommonJS packages still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

const tsc = 'node_modules/typescript/bin/tsc';
if (existsSync(tsc)) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
