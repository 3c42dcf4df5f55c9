import { Worker } from 'node:worker_threads';

/** What the thread is told. */
export interface WrittenFiles {
  readonly files: readonly (readonly [path: string, text: string])[];
  readonly isEnd: boolean;
}

const batchSize = 64;

/**
 * Writes files in a thread of its own: some file systems take a third of a millisecond to make one. Nothing is said of
 * what goes wrong but that it did.
 */
export class ThreadedFiles {
  readonly #worker: Worker;
  readonly #exited: Promise<number>;
  #batch: (readonly [string, string])[] = [];

  constructor(script: URL) {
    this.#worker = new Worker(script);
    this.#exited = new Promise((resolve) => {
      this.#worker.once('error', () => resolve(1));
      this.#worker.once('exit', resolve);
    });
  }

  write(path: string, text: string): void {
    this.#batch.push([path, text]);
    if (this.#batch.length === batchSize) this.#send(false);
  }

  /** Whether all files were written. */
  async end(): Promise<boolean> {
    this.#send(true);
    return (await this.#exited) === 0;
  }

  /** Files that are not written yet never are. */
  stop(): void {
    void this.#worker.terminate();
  }

  #send(isEnd: boolean): void {
    this.#worker.postMessage({ files: this.#batch, isEnd } satisfies WrittenFiles);
    this.#batch = [];
  }
}
