import { createRequire } from 'node:module';

/** The bundler, loaded when it is first needed: as CommonJS, since Node reads through it twice to import it. */
export function loadEsbuild(): typeof import('esbuild') {
  return createRequire(import.meta.url)('esbuild');
}
