import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { tableRows } from '../support/table-rows.js';

/** Loaded before the command: it ends the process when the lake is changed for the n-th time. */
const preload = `
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
let changes = 0;
for (const name of ['writeFile', 'rename', 'link', 'rm', 'unlink', 'mkdir', 'open']) {
  const original = fs.promises[name];
  fs.promises[name] = (...args) => {
    const inLake = args.some((arg) => String(arg).includes('.etl/lake'));
    if (inLake && ++changes === Number(process.env.DIE_AT)) process.kill(process.pid, 'SIGKILL');
    return original.apply(fs.promises, args);
  };
}
syncBuiltinESMExports();
`;

const lines = (...rows: readonly string[]) => `id,v,u\n${rows.join('\n')}\n`;

test('killed before each step of a merge that changes the lake, then built again: no gap, no duplicate', async () => {
  const folder = makeProject({
    'sources.yml': `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, columns: { id: BIGINT, v: VARCHAR, u: BIGINT } }
`,
    'data/1.csv': lines('1,a,1', '2,b,1', '3,c,1'),
    'models/m.sql': `/* model
materialized: incremental
strategy: merge
unique_key: id
order_by: u
*/
select * from s.t
`,
    'preload.cjs': preload,
  });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': lines('2,changed,2', '4,new,2') });
  const wanted = ['1|a|1', '2|changed|2', '3|c|1', '4|new|2'];
  let survived = false;
  let step = 0;
  while (!survived && ++step < 60) {
    const copy = mkdtempSync(join(tmpdir(), 'etl-kill-'));
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    cpSync(folder, copy, { recursive: true });
    survived = await runUntil(copy, step);
    const between = await tableRows(copy, 'm');
    expect([wanted, ['1|a|1', '2|b|1', '3|c|1']]).toContainEqual(between);
    await buildWell(copy);
    expect(await tableRows(copy, 'm')).toEqual(wanted);
  }
  expect(survived).toBe(true);
  expect(step).toBeGreaterThan(4);
}, 240_000);

/** True when the command came to its end before that change. */
function runUntil(folder: string, dieAt: number): Promise<boolean> {
  const cli = inject('cliPath');
  const child = spawn(process.execPath, ['--require', join(folder, 'preload.cjs'), cli, 'build'], {
    cwd: folder,
    env: { PATH: dirname(process.execPath), HOME: process.env.HOME, DIE_AT: String(dieAt) },
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}
