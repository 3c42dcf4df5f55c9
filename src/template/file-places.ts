import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

const prefix = 'place-of:';

/**
 * esbuild's `define`: what a file says about its own place, which in a bundle would be that of the bundle. The
 * names come from an import that `withOwnPlace` adds.
 */
export const filePlaces: Readonly<Record<string, string>> = {
  'import.meta.url': '__fileUrl',
  'import.meta.filename': '__fileName',
  'import.meta.dirname': '__fileFolder',
};

const names = Object.values(filePlaces);

/** The text of a file that may ask for its place. Imports count wherever they stand: behind it, they move nothing. */
export function withOwnPlace(text: string, file: string): string {
  if (!text.includes('import.meta')) return text;
  return `${text}\nimport { ${names.join(', ')} } from ${JSON.stringify(prefix + file)};`;
}

/** The text of a module that is no file, and asks for the place of the bundle. */
export function withBundlePlace(text: string): string {
  return `const { url: __fileUrl } = import.meta;\n${text}`;
}

/** Gives files their places. */
export const filePlacesPlugin: Plugin = {
  name: 'file-places',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${prefix}`) }, (args) => ({
      path: args.path.slice(prefix.length),
      namespace: 'place',
    }));
    build.onLoad({ filter: /.*/, namespace: 'place' }, ({ path: file }) => {
      const values = [pathToFileURL(file).href, file, path.dirname(file)];
      const lines = names.map((name, i) => `export const ${name} = ${JSON.stringify(values[i])};`);
      return { contents: lines.join('\n'), loader: 'js' };
    });
  },
};
