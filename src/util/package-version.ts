import { readFileSync } from 'node:fs';

/** Version of this package, from the package.json above the running file, bundled or not. */
export function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as Record<
        string,
        string
      >;
      if (manifest.name === 'parquetry' && manifest.version !== undefined) return manifest.version;
    } catch {
      // Not in this folder.
    }
    if (folder.pathname === '/') return 'unknown';
  }
}
