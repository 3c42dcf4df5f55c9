import type { TextFile } from '../ir/project.js';

/** Finds exported functions of `macros/**\/*.ts` by name, whatever the case, so that an error can say how they are called. */
export function typescriptMacroFinder(files: readonly TextFile[]): (name: string) => string | undefined {
  return (name) => {
    const exported = new RegExp(
      String.raw`\bexport\s+(?:async\s+)?(?:function|const)\s+(${escaped(name)})\b`,
      'i',
    );
    for (const { text } of files) {
      const found = exported.exec(text)?.[1];
      if (found) return found;
    }
    return undefined;
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
