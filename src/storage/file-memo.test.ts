import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openFileMemo } from './file-memo.js';

let folder: string;
beforeEach(async () => {
  folder = await folderOfTest('memo');
});

const path = () => join(folder, 'a.jsonl');

test('remembers across processes, the last value of a key, and nothing of another kind', async () => {
  const first = openFileMemo(folder);
  first.set('a', 'k', { text: 'tab\tand\nline' });
  first.set('a', 'key of\ntwo\tparts', 3);
  await first.flush();
  const second = openFileMemo(folder);
  expect(second.get('a', 'k')).toEqual({ text: 'tab\tand\nline' });
  expect(second.get('a', 'key of\ntwo\tparts')).toBe(3);
  expect(second.get('b', 'k')).toBeUndefined();
  second.set('a', 'k', 2);
  await second.flush();
  expect(openFileMemo(folder).get('a', 'k')).toBe(2);
});

test('outlives a torn last line and an entry of another process in between', async () => {
  const one = openFileMemo(folder);
  one.set('a', '1', 1);
  await one.flush();
  const two = openFileMemo(folder);
  one.set('a', '2', 2);
  two.set('a', '3', 3);
  await one.flush();
  await two.flush();
  appendFileSync(path(), '4\t{"to');
  const last = openFileMemo(folder);
  expect(['1', '2', '3', '4'].map((key) => last.get('a', key))).toEqual([1, 2, 3, undefined]);
});

test('forgets what nobody asks for when that is most of the file', async () => {
  const first = openFileMemo(folder);
  for (let i = 0; i < 3000; i++) first.set('a', String(i), i);
  await first.flush();
  const second = openFileMemo(folder);
  for (let i = 0; i < 20; i++) expect(second.get('a', String(i))).toBe(i);
  second.set('a', 'new', 1);
  await second.flush();
  expect(readFileSync(path(), 'utf8').split('\n')).toHaveLength(1 + 20 + 1 + 1);
});

test('what is only added to is not read, and loses nothing', async () => {
  const first = openFileMemo(folder);
  for (let i = 0; i < 3; i++) first.set('a', `${i}`, i);
  await first.flush();
  const second = openFileMemo(folder);
  second.set('a', '1', 'new');
  await second.flush();
  second.set('a', '3', 3);
  expect(second.get('a', '1')).toBe('new');
  expect(second.get('a', '2')).toBe(2);
  await second.flush();
  const third = openFileMemo(folder);
  expect(['0', '1', '2', '3'].map((key) => third.get('a', key))).toEqual([0, 'new', 2, 3]);
});

test('finds the last value of a key, however many are asked for', async () => {
  const first = openFileMemo(folder);
  for (let i = 0; i < 30; i++) first.set('a', `${i}\n`, i);
  await first.flush();
  const second = openFileMemo(folder);
  for (let i = 0; i < 30; i += 2) second.set('a', `${i}\n`, i + 100);
  await second.flush();
  const third = openFileMemo(folder);
  for (let i = 0; i < 30; i++) expect(third.get('a', `${i}\n`)).toBe(i % 2 ? i : i + 100);
  expect(['', '3', '0', '30\n'].map((key) => third.get('a', key))).toEqual(Array(4).fill(undefined));
});

test('a process that asks for a part only forgets nothing', async () => {
  const first = openFileMemo(folder);
  for (let i = 0; i < 3000; i++) first.set('a', `${i}`, i);
  await first.flush();
  const second = openFileMemo(folder, { forgets: false });
  for (let i = 0; i < 20; i++) second.get('a', `${i}`);
  second.set('a', 'new', 1);
  await second.flush();
  expect(openFileMemo(folder).get('a', '2999')).toBe(2999);
});

test('what another build wrote counts for nothing', async () => {
  const first = openFileMemo(folder);
  first.set('a', '1', 1);
  await first.flush();
  writeFileSync(path(), readFileSync(path(), 'utf8').replace('"format":', '"format":9'));
  const second = openFileMemo(folder);
  second.set('a', '2', 2);
  await second.flush();
  const third = openFileMemo(folder);
  expect(['1', '2'].map((key) => third.get('a', key))).toEqual([undefined, 2]);
});

test('keeps the kinds that a process did not ask for at all', async () => {
  const first = openFileMemo(folder);
  for (let i = 0; i < 3000; i++) first.set(i % 10 ? 'a' : 'b', `${i}\n\\`, i);
  await first.flush();
  const second = openFileMemo(folder);
  for (let i = 1; i < 10; i++) expect(second.get('a', `${i}\n\\`)).toBe(i);
  second.set('a', 'new', 1);
  await second.flush();
  const third = openFileMemo(folder);
  expect(['19\n\\', '7\n\\', 'new'].map((key) => third.get('a', key))).toEqual([undefined, 7, 1]);
  expect(third.get('b', '2990\n\\')).toBe(2990);
});

test('where nothing can be written, it remembers as long as it is open', async () => {
  writeFileSync(path(), '');
  const memo = openFileMemo(path());
  memo.set('a', 'k', 1);
  await memo.flush();
  expect(memo.get('a', 'k')).toBe(1);
});
