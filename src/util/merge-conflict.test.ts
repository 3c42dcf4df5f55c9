import { expect, test } from 'vitest';
import { findMergeConflict, ownSideOfMerge } from './merge-conflict.js';

const text = `a: 1
<<<<<<< HEAD
b: 2
||||||| base
b: 0
=======
b: 3
>>>>>>> other
c: 4`;

test('the own side of a merge stays where it is', () => {
  expect(findMergeConflict(text)).toEqual({ start: 5, end: 17 });
  const own = ownSideOfMerge(text);
  expect(own).toHaveLength(text.length);
  expect(own.split('\n').map((line) => line.trim())).toEqual([
    'a: 1',
    '',
    'b: 2',
    '',
    '',
    '',
    '',
    '',
    'c: 4',
  ]);
  expect(own.indexOf('c: 4')).toBe(text.indexOf('c: 4'));
});

test('a line of the same characters is no conflict', () => {
  expect(findMergeConflict('=======\na: 1')).toBeUndefined();
  expect(ownSideOfMerge('=======\na: 1')).toBe('=======\na: 1');
  expect(findMergeConflict(' <<<<<<< a\n<<<<<<<<\n<<<<<<<a')).toBeUndefined();
  expect(findMergeConflict('a: 1\n>>>>>>> left over')).toEqual({ start: 5, end: 22 });
});
