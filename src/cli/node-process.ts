import { Console } from 'node:console';
import type { CliOutput, CliProcess } from './cli.js';

// Most processes end by themselves before.
const graceMs = 200;

/** The real process, until a command ends. */
export interface NodeProcess extends CliProcess {
  /** Ends it with an exit code. What the project's code left open, such as a pool of connections, keeps nothing alive. */
  leave(code: number): void;
}

/**
 * The real process. Its standard output is for results alone: what the project's code prints goes beside them. A
 * command that waits for something that never happens ends with an error.
 */
export function nodeProcess(): NodeProcess {
  globalThis.console = new Console(process.stderr, process.stderr);
  process.once('beforeExit', neverEnds);
  process.once('exit', endedByOthers);
  process.once('uncaughtExceptionMonitor', () => process.off('exit', endedByOthers));
  let isUnwritten = false;
  const cannotWrite = (error: Error) => {
    if (!isUnwritten) process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    isUnwritten = true;
    // The command may have ended already.
    process.exitCode ||= 1;
  };
  return {
    stdout: nodeOutput(process.stdout, cannotWrite),
    stderr: nodeOutput(process.stderr, () => {}),
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    onInterrupt(listener) {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    exit(code) {
      process.off('exit', endedByOthers);
      process.exit(code);
    },
    leave(code) {
      process.off('exit', endedByOthers);
      process.off('beforeExit', neverEnds);
      process.exitCode = isUnwritten ? code || 1 : code;
      setTimeout(() => void leaveWritten(), graceMs).unref();
    },
  };
}

function neverEnds(): void {
  process.off('exit', endedByOthers);
  process.exitCode = 2;
  process.stderr.write(
    'error: the command waits for something that never happens, such as a promise in a macro file.\n',
  );
}

/** An exit that no command asked for must not pass for success. */
function endedByOthers(code: number): void {
  process.exitCode = code || 2;
  process.stderr.write(
    "error: the project's code ended the command, with process.exit(): it has to return or throw instead.\n",
  );
}

async function leaveWritten(): Promise<void> {
  const written = (stream: NodeJS.WriteStream) => new Promise((resolve) => stream.write('', resolve));
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit();
}

/** @param onFailure told when nothing more can be written, and why; not when nobody reads any more */
function nodeOutput(stream: NodeJS.WriteStream, onFailure: (error: Error) => void): CliOutput {
  let closed = false;
  let wake = () => {};
  const fail = (error: NodeJS.ErrnoException) => {
    closed = true;
    // The reader went away, as `head` does: no reason to complain or to end a build.
    if (error.code !== 'EPIPE') onFailure(error);
    wake();
  };
  stream.on('drain', () => wake());
  stream.on('error', fail);
  return {
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    write(content) {
      if (closed) return;
      try {
        stream.write(content);
      } catch (error) {
        // What goes into a file is written at once.
        fail(error as NodeJS.ErrnoException);
      }
    },
    async ready() {
      if (!closed && stream.writableNeedDrain) await new Promise<void>((resolve) => (wake = resolve));
      return !closed;
    },
  };
}
