import type { Engine } from '../ports/engine.js';

type Open = () => Promise<Engine>;

/** An engine that is open before it is needed, for processes that need one again and again: opening takes long. */
export class SpareEngine {
  #spare: { readonly key: string; readonly engine: Promise<Engine> } | undefined;
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

  /**
   * Hands out the engine that was prepared, and prepares the next one when that is closed. Where none was prepared
   * in this way, opens one.
   */
  async take(key: string, open: Open): Promise<Engine> {
    const spare = this.#spare;
    if (spare?.key !== key) return open();
    this.#spare = undefined;
    const engine = await spare.engine;
    return {
      connect: (signal) => engine.connect(signal),
      close: () => {
        engine.close();
        this.prepare(key, open);
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
