import type { Engine } from '../ports/engine.js';

/**
 * Keeps an engine ready for the next one who needs a new one: opening takes about as long as compiling a small
 * change. Until `keepReady` is called nothing is opened ahead.
 */
export class SpareEngine {
  #spare: { readonly key: string; readonly opened: Promise<Engine | undefined> } | undefined;
  #isKept = false;

  keepReady(): void {
    this.#isKept = true;
  }

  /** A new engine, which its owner closes; then the next one is opened. Another key is another kind of engine. */
  async take(key: string, open: () => Promise<Engine>): Promise<Engine> {
    const spare = this.#spare;
    this.#spare = undefined;
    const ready = await spare?.opened;
    if (spare?.key !== key) ready?.close();
    const engine = (spare?.key === key ? ready : undefined) ?? (await open());
    return {
      connect: (signal) => engine.connect(signal),
      close: () => {
        engine.close();
        // Whatever prevents it will be said when it is opened in earnest.
        if (this.#isKept) this.#spare ??= { key, opened: open().catch(() => undefined) };
      },
    };
  }

  async close(): Promise<void> {
    this.#isKept = false;
    const engine = await this.#spare?.opened;
    this.#spare = undefined;
    engine?.close();
  }
}
