import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Span } from '../diagnostics/span.js';
import type { DuckdbOptions } from '../engine/duckdb.js';
import type { EngineSettings } from '../ir/project.js';
import { type Engine, EngineError } from '../ports/engine.js';
import { newId } from './new-id.js';
import type { ProjectPaths } from './project-paths.js';
import { makeTempFolder } from './temp-folder.js';

/**
 * Opens an engine that spills into a folder of its own. The names of the files that DuckDB spills to are the same in
 * every process, and each would read, overwrite and delete those of the others.
 */
export async function openEngineIn(
  paths: ProjectPaths,
  { initSpan, initIsSecret: _, ...options }: Omit<DuckdbOptions, 'tempDir'> & EngineSettings,
): Promise<Engine> {
  const { openDuckdb } = await import('../engine/duckdb.js');
  const name = `spill-${newId(new Date())}`;
  // A project may be one that can only be read.
  const tempDir = await makeTempFolder(paths, name).catch(() => join(tmpdir(), `etl-${name}`));
  const removeFolder = () => rmSync(tempDir, { recursive: true, force: true });
  try {
    const engine = await openDuckdb({ ...options, tempDir });
    return {
      connect: (signal) => namingInit(options.init, initSpan, () => engine.connect(signal)),
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

/** Does something in which `engine.init` is run. Throws `DiagnosticError` where that is what failed. */
export async function namingInit<T>(
  init: string | undefined,
  span: Span | undefined,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    const isInit = thrown instanceof EngineError && init !== undefined && thrown.details.sql === init;
    if (!isInit || thrown.kind === 'interrupted') throw thrown;
    throw new DiagnosticError([initError(thrown, span)], { cause: thrown });
  }
}

function initError({ message }: EngineError, span: Span | undefined): Diagnostic {
  return errorDiagnostic('project/invalid-value', `engine.init does not run: ${message.trim()}`, {
    ...(span && { span }),
    hint: message.includes('already exists')
      ? 'engine.init is run on every connection: write `create or replace`, or `create … if not exists`'
      : 'mend engine.init in etl.yml; it is run on every connection',
  });
}
