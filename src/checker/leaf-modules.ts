import path from 'node:path';

/**
 * The modules that no other module can see: nothing imports them and they declare nothing for others. What
 * TypeScript says about such a module changes only with its own text or with modules that are no leaves.
 * In doubt a module is no leaf, which costs time and nothing else.
 */
export function leafModules(modules: ReadonlyMap<string, string>): ReadonlySet<string> {
  const imported = new Set<string>();
  for (const [file, text] of modules) {
    for (const [, specifier = ''] of text.matchAll(/['"`](\.[^'"`\n]*)['"`]/g)) {
      imported.add(stem(path.posix.join(path.posix.dirname(file), specifier)));
    }
  }
  const leaves = [...modules].filter(
    ([file, text]) =>
      !file.endsWith('.d.ts') &&
      !/\bdeclare\s+(global|module)\b|^\s*\/\/\/\s*<reference/m.test(text) &&
      /^\s*(import|export)\b/m.test(text) &&
      !imported.has(stem(file)) &&
      !imported.has(path.posix.dirname(file)),
  );
  return new Set(leaves.map(([file]) => file));
}

/** A module without the ending by which it may be imported: `m.sql.ts`, `m.sql.js` and `m.sql` are one. */
function stem(file: string): string {
  return file.replace(/\.[cm]?[jt]sx?$/, '');
}
