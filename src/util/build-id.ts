import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageVersion } from './package-version.js';

/** Stands for this build of the code: another one may come to other results from the same input. */
export function buildId(): string {
  return `${packageVersion()} ${statSync(fileURLToPath(import.meta.url)).mtimeMs}`;
}
