import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../scripts/bundle.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the bundled command of this test run. */
    cliPath: string;
  }
}

/** Bundles the command once a test run, apart from `dist/`, so that tests never run stale code. */
export default async function setup(project: TestProject) {
  // Inside node_modules, so that packages left out of the bundle are found.
  const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.etl-test-'));
  // Only the tests that run the command fail with it; esbuild has printed why.
  await bundle(folder).catch(() => {});
  project.provide('cliPath', join(folder, 'start.cjs'));
  return () => rmSync(folder, { recursive: true, force: true });
}
