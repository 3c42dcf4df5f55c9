const mostRemembered = 50_000;

/**
 * What a function makes of a text, kept by a name until the text of that name is another one.
 *
 * ```ts
 * const lines = rememberedByText((_, text) => text.split('\n').length);
 * lines('models/a.sql', text);
 * ```
 */
export function rememberedByText<V>(make: (name: string, text: string) => V) {
  const known = new Map<string, { readonly text: string; readonly value: V }>();
  return (name: string, text: string): V => {
    const found = known.get(name);
    if (found?.text === text) return found.value;
    const value = make(name, text);
    if (known.size >= mostRemembered) known.clear();
    known.set(name, { text, value });
    return value;
  };
}
