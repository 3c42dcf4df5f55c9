import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');
const parts = ['etl.yml', 'sources.yml', 'models', 'macros', 'seeds', 'tests', 'data', 'schemas'];

/** A copy of the example project, without anything built, in a temporary folder that goes away with the test unless it is kept. */
export function copyExample({ keep = false } = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'etl-example-')));
  if (!keep) onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of parts) {
    if (existsSync(join(root, part))) cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  return folder;
}
