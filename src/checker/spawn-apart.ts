import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Starts the processes that `action` starts in process groups of their own: what a terminal sends to all of a group,
 * as it does on Ctrl-C, is for the command alone to act on. Not on Windows, where each would get a window.
 */
export function spawnApart<T>(action: () => T): T {
  if (process.platform === 'win32') return action();
  const { spawn } = childProcess;
  const replace = (by: typeof spawn) => {
    childProcess.spawn = by;
    syncBuiltinESMExports();
  };
  const apart = (command: string, args: readonly string[], options: childProcess.SpawnOptions) =>
    spawn(command, args, { ...options, detached: true });
  replace(apart as typeof spawn);
  try {
    return action();
  } finally {
    replace(spawn);
  }
}
