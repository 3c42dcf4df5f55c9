// Builds dist/: the bundles and the type declarations.
import { rmSync } from 'node:fs';
import { bundle } from './bundle.mjs';

rmSync('dist', { recursive: true, force: true });
process.exit((await bundle('dist')) ? 0 : 1);
