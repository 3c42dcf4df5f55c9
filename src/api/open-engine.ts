import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckdbOptions } from '../engine/duckdb.js';
import type { Engine } from '../ports/engine.js';
import { newId } from './new-id.js';
import type { ProjectPaths } from './project-paths.js';
import { makeTempFolder } from './temp-folder.js';

/**
 * Opens an engine that spills into a folder of its own. The names of the files that DuckDB spills to are the same in
 * every process, and each would read, overwrite and delete those of the others.
 */
export async function openEngineIn(
  paths: ProjectPaths,
  options: Omit<DuckdbOptions, 'tempDir'>,
): Promise<Engine> {
  const { openDuckdb } = await import('../engine/duckdb.js');
  const name = `spill-${newId(new Date())}`;
  // A project may be one that can only be read.
  const tempDir = await makeTempFolder(paths, name).catch(() => join(tmpdir(), `etl-${name}`));
  const removeFolder = () => rmSync(tempDir, { recursive: true, force: true });
  try {
    const engine = await openDuckdb({ ...options, tempDir });
    return {
      connect: (signal) => engine.connect(signal),
      close() {
        engine.close();
        removeFolder();
      },
    };
  } catch (thrown) {
    removeFolder();
    throw thrown;
  }
}
