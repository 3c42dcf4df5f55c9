import { randomBytes } from 'node:crypto';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { randomNumbers } from '../../test/support/random-numbers.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { isOverlaid, overlayFile, slimFile } from './overlay-file.js';

const { connection } = await connectionOfFile();

/** Texts with bloom filters and without, several row groups, nested values, field ids and metadata. */
async function writeRows(path: string, version: number, count: number): Promise<void> {
  await connection.run(`copy (
    select i, ${version} as version, 'text ' || i % 7 as t, md5(i::varchar) as m, [i, null] as l, {a: i, b: [t]} as s,
      case when i % 3 = 0 then i::decimal(38, 2) end as d, map {t: i} as p
    from range(${count}) r(i)
  ) to '${path}' (format parquet, compression zstd, row_group_size 2048, field_ids 'auto', kv_metadata {made: 'v${version}'})`);
}

const rowsOf = (path: string) =>
  connection.rows(
    `select count(*)::int as count, min(version) as least, max(version) as most, sum(hash(r))::varchar as hash
     from read_parquet('${path}') r`,
  );
const schemaOf = (path: string) =>
  connection.rows(`select * exclude (file_name) from parquet_schema('${path}')`);
const metadataOf = (path: string) =>
  connection.rows(`select key::varchar, value::varchar from parquet_kv_metadata('${path}')`);

/** What a reader finds who has the footer of one file and then opens another. */
async function readWithFooterOf(shown: string, opened: string): Promise<unknown> {
  const bytes = await readFile(shown);
  const footer = bytes.subarray(bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8));
  const crossed = `${opened}.crossed`;
  await writeFile(crossed, Buffer.concat([await readFile(opened), footer]));
  return rowsOf(crossed);
}

test('each file has its own rows, and those of the one before for whoever has that footer', async () => {
  const dir = await folderOfTest('overlay');
  const random = randomNumbers();
  const first = join(dir, 'first.parquet');
  await writeRows(first, 0, 3000);
  let shown = first;
  for (let version = 1; version <= 12; version++) {
    const next = join(dir, `next-${version}.parquet`);
    const path = join(dir, `shown-${version}.parquet`);
    await writeRows(next, version, Math.floor(random() * 9000) + 1);
    const isQuick = version <= 4;
    if (!isQuick) await utimes(shown, new Date('2024-01-01'), new Date('2024-01-01'));
    expect(await overlayFile(shown, next, path)).toBe(true);
    for (const what of [rowsOf, schemaOf, metadataOf]) expect(await what(path)).toEqual(await what(next));
    expect(await readWithFooterOf(shown, path)).toEqual(await rowsOf(shown));
    if (isQuick) expect(await readWithFooterOf(first, path)).toEqual(await rowsOf(first));
    expect(await isOverlaid(path)).toBe(true);

    // Slimmed in one step or two, each of which a reader of the file before survives, it is the plain file again.
    let slimmed = path;
    for (let step = 1; await isOverlaid(slimmed); step++) {
      expect(step).toBeLessThanOrEqual(2);
      const slimmer = `${path}.${step}`;
      expect(await slimFile(slimmed, slimmer)).toBe(true);
      expect(await rowsOf(slimmer)).toEqual(await rowsOf(next));
      expect(await readWithFooterOf(slimmed, slimmer)).toEqual(await rowsOf(next));
      slimmed = slimmer;
    }
    expect((await readFile(slimmed)).equals(await readFile(next))).toBe(true);
    shown = path;
  }
});

test('a file without rows keeps those of the one before, for a minute also when it has rows again', async () => {
  const dir = await folderOfTest('overlay');
  const [full, empty, emptied, filled] = ['full', 'empty', 'emptied', 'filled'].map((name) =>
    join(dir, name),
  );
  await writeRows(full!, 1, 5000);
  await writeRows(empty!, 2, 0);
  expect(await overlayFile(full!, empty!, emptied!)).toBe(true);
  expect(await rowsOf(emptied!)).toMatchObject([{ count: 0 }]);
  expect(await schemaOf(emptied!)).toEqual(await schemaOf(empty!));
  expect(await readWithFooterOf(full!, emptied!)).toEqual(await rowsOf(full!));
  expect(await overlayFile(emptied!, full!, filled!)).toBe(true);
  for (const path of [full!, filled!])
    expect(await readWithFooterOf(full!, path)).toEqual(await rowsOf(full!));
  await utimes(emptied!, new Date('2024-01-01'), new Date('2024-01-01'));
  expect(await overlayFile(emptied!, full!, `${filled}-later`)).toBe(false);
});

test('what is no Parquet file, is not there or is damaged is not kept, and never an error', async () => {
  const dir = await folderOfTest('overlay');
  const next = join(dir, 'next.parquet');
  await writeRows(next, 1, 3000);
  const bytes = await readFile(next);
  const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  const random = randomNumbers();
  const damaged = Array.from({ length: 200 }, () => {
    const copy = Buffer.from(bytes);
    for (let i = 0; i < 1 + random() * 4; i++)
      copy[start + Math.floor(random() * (copy.length - 8 - start))] = Math.floor(random() * 256);
    return copy;
  });
  const others = [
    Buffer.alloc(0),
    Buffer.from('PAR1'),
    Buffer.from('PAR1PAR1PAR1'),
    randomBytes(5000),
    bytes.subarray(0, -1),
  ];
  for (const [i, content] of [...others, ...damaged].entries()) {
    const shown = join(dir, `${i}.shown`);
    await writeFile(shown, content);
    const isKept = await overlayFile(shown, next, join(dir, `${i}.parquet`));
    if (i < others.length) expect(isKept).toBe(false);
    if (isKept) expect(await rowsOf(join(dir, `${i}.parquet`))).toEqual(await rowsOf(next));
  }
  expect(await overlayFile(join(dir, 'gone'), next, join(dir, 'x'))).toBe(false);
});
