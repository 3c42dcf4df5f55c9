import type { Engine } from '../ports/engine.js';

type Open = () => Promise<Engine>;

/** An engine that is opened before it is needed, beside other work. */
export class SpareEngine {
  #spare: { readonly key: string; readonly engine: Promise<Engine> } | undefined;
  #isKept = false;
  #isClosed = false;

  /** Opens an engine, unless there is one. `key` stands for how it is opened. */
  prepare(key: string, open: Open): void {
    if (this.#spare?.key === key || this.#isClosed) return;
    void this.#drop();
    const engine = open();
    // Whoever takes it sees why it did not open.
    engine.catch(() => {});
    this.#spare = { key, engine };
  }

  /** As `prepare`, and from now on another one whenever one that was taken is closed. */
  keep(key: string, open: Open): void {
    this.#isKept = true;
    this.prepare(key, open);
  }

  /** Hands out the engine that was prepared, or, where that was opened in another way or not at all, a new one. */
  async take(key: string, open: Open): Promise<Engine> {
    const spare = this.#spare;
    if (spare?.key !== key) return open();
    this.#spare = undefined;
    const engine = await spare.engine;
    return {
      connect: (signal) => engine.connect(signal),
      close: () => {
        engine.close();
        if (this.#isKept) this.prepare(key, open);
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#drop();
  }

  async #drop(): Promise<void> {
    const spare = this.#spare;
    this.#spare = undefined;
    const engine = await spare?.engine.catch(() => undefined);
    engine?.close();
  }
}
