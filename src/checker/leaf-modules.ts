import path from 'node:path';
import { rememberedByText } from '../util/remembered-by-text.js';

/** What the text of one module says about others. */
interface ModuleFacts {
  /** Paths without endings of what it may import. */
  readonly imports: readonly string[];
  /** Whether others cannot see what it declares without importing it. */
  readonly keepsToItself: boolean;
}

/**
 * The modules that no other module can see: nothing imports them and they declare nothing for others. What
 * TypeScript says about such a module changes only with its own text or with modules that are no leaves.
 * In doubt a module is no leaf, which costs time and nothing else.
 */
export function leafModules(modules: ReadonlyMap<string, string>): ReadonlySet<string> {
  const facts = [...modules].map(([file, text]) => [file, factsOf(file, text)] as const);
  const imported = new Set(facts.flatMap(([, { imports }]) => imports));
  const leaves = facts.filter(
    ([file, { keepsToItself }]) =>
      keepsToItself && !imported.has(stem(file)) && !imported.has(path.posix.dirname(file)),
  );
  return new Set(leaves.map(([file]) => file));
}

const factsOf = rememberedByText((file, text): ModuleFacts => {
  const folder = path.posix.dirname(file);
  const specifiers = [...text.matchAll(/['"`](\.[^'"`\n]*)['"`]/g)];
  return {
    imports: specifiers.map(([, specifier = '']) => stem(path.posix.join(folder, specifier))),
    keepsToItself:
      !file.endsWith('.d.ts') &&
      !/\bdeclare\s+(global|module)\b|^\s*\/\/\/\s*<reference/m.test(text) &&
      /^\s*(import|export)\b/m.test(text),
  };
});

/** A module without the ending by which it may be imported: `m.sql.ts`, `m.sql.js` and `m.sql` are one. */
function stem(file: string): string {
  return file.replace(/\.[cm]?[jt]sx?$/, '');
}
