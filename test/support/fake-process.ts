import type { CliOutput, CliProcess } from '../../src/cli/cli.js';

/** A process for tests: keeps what is written, and lets a test press Ctrl-C. */
export function fakeProcess(
  settings: { readonly isTTY?: boolean; readonly stdin?: string } & Partial<CliProcess> = {},
) {
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const output = (name: 'stdout' | 'stderr'): CliOutput => ({
    isTTY: settings.isTTY,
    columns: 100,
    rows: 30,
    write(content) {
      written[name] += typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
    },
    ready: async () => true,
  });
  const around: CliProcess = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    stdin: (async function* () {
      yield settings.stdin ?? '';
    })(),
    env: {},
    cwd: process.cwd(),
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => exits.push(code),
    ...settings,
  };
  const interrupt = () => {
    for (const listener of listeners) listener();
  };
  return { around, written, exits, interrupt };
}
