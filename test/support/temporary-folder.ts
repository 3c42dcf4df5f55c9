import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** An empty folder that goes when the test that asks for it ends. */
export async function folderOfTest(name: string): Promise<string> {
  const folder = await makeFolder(name);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty folder for all tests of the file that awaits it at its top; it goes behind them. */
export async function folderOfFile(name: string): Promise<string> {
  const folder = await makeFolder(name);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const makeFolder = (name: string): Promise<string> => mkdtemp(join(tmpdir(), `${name}-`));
