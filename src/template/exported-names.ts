const declaration = /^[ \t]*export\s+(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s+([\w$]+)/gm;
const list = /^[ \t]*export\s*\{([^}]*)\}/gm;

/** Names that a TypeScript file exports, with their offsets: read from the text, so that it works on files that do not parse. */
export function exportedNames(text: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const found of text.matchAll(declaration)) {
    names.set(found[1]!, found.index + found[0].length - found[1]!.length);
  }
  for (const found of text.matchAll(list)) {
    for (const item of found[1]!.split(',')) {
      const name = item
        .split(/\sas\s/)
        .at(-1)!
        .trim();
      if (name && !/^type\s/.test(item.trim())) names.set(name, found.index + found[0].indexOf(item));
    }
  }
  return names;
}
