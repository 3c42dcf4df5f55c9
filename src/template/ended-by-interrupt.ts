import { Script } from 'node:vm';
import { interruption } from '../ports/interruption.js';

const slot = Symbol.for('parquetry.ended-by-interrupt');
const holder = globalThis as { [slot]?: () => unknown };
let script: Script | undefined;

/**
 * Runs code of a project, such as a macro with an endless loop: no listener would hear Ctrl-C before it gives way, so
 * Node ends it. Throws an `interruption` then, and tells the listeners.
 */
export function endedByInterrupt<T>(code: () => T): T {
  // Without listeners Ctrl-C ends the process.
  if (process.listenerCount('SIGINT') === 0) return code();
  script ??= new Script("globalThis[Symbol.for('parquetry.ended-by-interrupt')]()");
  holder[slot] = code;
  try {
    return script.runInThisContext({ breakOnSigint: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw thrown;
    process.emit('SIGINT', 'SIGINT');
    throw interruption();
  } finally {
    delete holder[slot];
  }
}
