/** Work on a thing of DuckDB's that must not be closed under it: it is closed when the last of it is done. */
export class InFlight {
  #count = 0;
  #isEnded = false;

  constructor(private readonly close: () => void) {}

  get isBusy(): boolean {
    return this.#count > 0;
  }

  async during<T>(action: () => Promise<T>): Promise<T> {
    this.#count++;
    try {
      return await action();
    } finally {
      this.#count--;
      if (this.#isEnded && this.#count === 0) this.close();
    }
  }

  /** Closes it, at once or when what is in flight has landed. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#count === 0) this.close();
  }
}
