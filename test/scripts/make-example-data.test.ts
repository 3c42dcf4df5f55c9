import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const dataFiles = (root: string) =>
  readdirSync(join(root, 'data'), { recursive: true, encoding: 'utf8' })
    .map((file) => join('data', file))
    .filter((file) => statSync(join(root, file)).isFile())
    .concat('seeds/currency_rates.csv')
    .sort();

/** What a file holds: another version of zlib may write the same text in other bytes. */
const contents = (path: string) => {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};

it('makes the committed data again', () => {
  const root = mkdtempSync(join(tmpdir(), 'example-data-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/make-example-data.mjs', root], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(dataFiles(root)).toEqual(dataFiles('.'));
    const different = dataFiles('.').filter((file) => !contents(file).equals(contents(join(root, file))));
    expect(different).toEqual([]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

it('keeps the data small', () => {
  const size = dataFiles('.').reduce((sum, file) => sum + statSync(file).size, 0);
  expect(size).toBeLessThan(4_000_000);
});
