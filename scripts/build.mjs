// Builds dist/: the bundles and the type declarations.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { bundle } from './bundle.mjs';

rmSync('dist', { recursive: true, force: true });
await bundle('dist');
const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
process.exit(status ?? 1);
