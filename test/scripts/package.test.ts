import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';

it('the package has the documents that its documents link to', () => {
  const pack = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(pack.stdout);
  const packed = new Set(files.map(({ path }) => path));
  const documents = [...packed].filter((path) => path.startsWith('docs/') && path.endsWith('.md'));
  expect(documents).toContain('docs/reference/errors.md');
  const missing = documents.flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
      .map(([, link]) => posix.join(posix.dirname(document), link!))
      .filter((target) => !packed.has(target))
      .map((target) => `${document}: ${target}`),
  );
  expect(missing).toEqual([]);
});
