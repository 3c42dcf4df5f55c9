import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { thisProcess } from '../util/host-process.js';
import { projectPaths } from './project-paths.js';
import { withTempFolder } from './temp-folder.js';

test('what killed processes left goes with the next run; what others use stays', async () => {
  const paths = projectPaths(await folderOfTest('temp'));
  const leave = async (name: string, owner?: object) => {
    await mkdir(join(paths.temp, name), { recursive: true });
    await writeFile(join(paths.temp, name, 'rows'), 'x');
    if (owner) await writeFile(join(paths.temp, name, '.owner.json'), JSON.stringify(owner));
  };
  const { pid } = spawnSync(process.execPath, ['--version']);
  await leave('dead', { ...thisProcess(), pid });
  await leave('alive', thisProcess());
  await leave('elsewhere', { ...thisProcess(), pid, host: 'another machine' });
  await leave('unknown');
  await leave('old');
  await utimes(join(paths.temp, 'old'), new Date('2024-01-01'), new Date('2024-01-01'));
  const inside = await withTempFolder(paths, 'run', async (folder) => {
    expect(existsSync(folder)).toBe(true);
    return readdir(paths.temp);
  });
  expect(inside.sort()).toEqual(['alive', 'elsewhere', 'run', 'unknown']);
  expect((await readdir(paths.temp)).sort()).toEqual(['alive', 'elsewhere', 'unknown']);
});
