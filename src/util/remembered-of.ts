/**
 * What a function makes of an object, kept as long as the object is, and made again when `key` is another one (`===`).
 *
 * ```ts
 * const lengths = rememberedOf<{ text: string }, number>();
 * lengths(file, '', () => file.text.length);
 * ```
 */
export function rememberedOf<K extends object, V>(): (of: K, key: unknown, make: () => V) => V {
  const known = new WeakMap<K, { readonly key: unknown; readonly value: V }>();
  return (of, key, make) => {
    const found = known.get(of);
    if (found && found.key === key) return found.value;
    const value = make();
    known.set(of, { key, value });
    return value;
  };
}
