import type { CliOutput, CliProcess } from './cli.js';

/** The real process. */
export function nodeProcess(): CliProcess {
  return {
    stdout: nodeOutput(process.stdout),
    stderr: nodeOutput(process.stderr),
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
    exit: (code) => process.exit(code),
  };
}

function nodeOutput(stream: NodeJS.WriteStream): CliOutput {
  let closed = false;
  let wake = () => {};
  stream.on('drain', () => wake());
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away, as `head` does: no reason to complain or to end a build.
    if (error.code !== 'EPIPE') throw error;
    closed = true;
    wake();
  });
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
      if (!closed) stream.write(content);
    },
    async ready() {
      if (!closed && stream.writableNeedDrain) await new Promise<void>((resolve) => (wake = resolve));
      return !closed;
    },
  };
}
