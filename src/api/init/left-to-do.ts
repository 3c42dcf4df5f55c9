import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const wanted: readonly { readonly file: string; readonly word: string; readonly note: string }[] = [
  {
    file: 'package.json',
    word: '"parquetry"',
    note: 'package.json is yours: run npm install --save-dev parquetry',
  },
  {
    file: '.gitignore',
    word: '.etl',
    note: '.gitignore is yours: add a line with .etl/, where the lake lies',
  },
  {
    file: 'tsconfig.json',
    word: '.etl/types',
    note: 'tsconfig.json is yours: extend ./.etl/types/tsconfig.json for the types of the tables',
  },
];

/** What a person has to write into files that were there already, which a new project would have written there. */
export async function leftToDo(dir: string, present: ReadonlySet<string>): Promise<readonly string[]> {
  const notes = wanted.map(async ({ file, word, note }) => {
    if (!present.has(file)) return [];
    const text = await readFile(join(dir, file), 'utf8');
    return text.includes(word) ? [] : [note];
  });
  return (await Promise.all(notes)).flat();
}
