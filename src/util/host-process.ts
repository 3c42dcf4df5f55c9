import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process on one machine, so that a process there can tell whether it still runs. */
export interface HostProcess {
  /** Machine, boot and process namespace: containers with one host name differ. */
  readonly host: string;
  readonly pid: number;
  /** When the system started it, as the system counts; tells a reused pid. Empty where it cannot be known. */
  readonly started: string;
}

const host = [hostname(), readOrEmpty('/proc/sys/kernel/random/boot_id'), namespaceOrEmpty()]
  .join(' ')
  .trim();

/** The process that asks. */
export function thisProcess(): HostProcess {
  return { host, pid: process.pid, started: startOf(process.pid) };
}

/** True when the process certainly ended; false when it runs, or ran on a machine that cannot be asked. */
export function isDeadProcess(asked: HostProcess): boolean {
  if (asked.host !== host) return false;
  try {
    process.kill(asked.pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const started = startOf(asked.pid);
  return asked.started !== '' && started !== '' && started !== asked.started;
}

function startOf(pid: number): string {
  // The name in brackets may hold spaces; the start is the twentieth field behind it.
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function namespaceOrEmpty(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
