import { Worker } from 'node:worker_threads';
import type { TsDiagnostic, TypeCheckerOptions } from './type-checker.js';

export type CheckRequest =
  | {
      readonly kind: 'check' | 'load';
      readonly id: number;
      readonly modules: ReadonlyMap<string, string>;
      readonly invalidate: boolean;
    }
  | { readonly kind: 'close' };

/** What the thread says first. */
export interface CheckerStarted {
  readonly processId: number | undefined;
}

export interface CheckReply {
  readonly id: number;
  readonly diagnostics?: readonly TsDiagnostic[];
  readonly error?: unknown;
}

/** A type checker in a thread of its own, so that other work goes on while TypeScript is at work. */
export interface WorkerChecker {
  /** As `TypeChecker.check`. */
  check(modules: ReadonlyMap<string, string>): Promise<readonly TsDiagnostic[]>;
  /** As `TypeChecker.load`. */
  load(modules: ReadonlyMap<string, string>): Promise<void>;
  /** Has files on disk read again at the next check. */
  invalidate(): void;
  close(): Promise<void>;
}

/**
 * Starts a type checker; it keeps no process alive that is waiting for nothing else.
 *
 * @param script the bundle of `type-check-worker.ts`
 */
export function openWorkerChecker(options: TypeCheckerOptions, script: URL): WorkerChecker {
  const worker = new Worker(script, { workerData: options });
  worker.unref();
  const waiting = new Map<
    number,
    { resolve(found: readonly TsDiagnostic[]): void; reject(error: unknown): void }
  >();
  let lastId = 0;
  let stale = false;
  let closing = false;
  let processId: number | undefined;
  const failAll = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (message: CheckReply | CheckerStarted) => {
    if ('processId' in message) {
      processId = message.processId;
      return;
    }
    const { id, diagnostics, error } = message;
    const request = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0 && !closing) worker.unref();
    if (diagnostics) request?.resolve(diagnostics);
    else request?.reject(error);
  });
  worker.on('error', failAll);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  void ended.then(() => failAll(new Error('The type checker ended.')));
  const ask = (kind: 'check' | 'load', modules: ReadonlyMap<string, string>) =>
    new Promise<readonly TsDiagnostic[]>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.ref();
      const request: CheckRequest = { kind, id, modules, invalidate: stale };
      stale = false;
      worker.postMessage(request);
    });
  return {
    check: (modules) => ask('check', modules),
    load: async (modules) => void (await ask('load', modules)),
    invalidate() {
      stale = true;
    },
    async close() {
      const request: CheckRequest = { kind: 'close' };
      // Until it has ended: an answer may still come that nobody waits for.
      closing = true;
      worker.ref();
      worker.postMessage(request);
      // The thread is blocked until TypeScript answers what nobody wants to know any more.
      if (waiting.size > 0 && processId !== undefined) kill(processId);
      await ended;
    },
  };
}

function kill(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
