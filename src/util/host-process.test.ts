import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isDeadProcess, thisProcess } from './host-process.js';

test('a process is dead once it ended, or when another one has its number', async () => {
  const self = thisProcess();
  expect(isDeadProcess(self)).toBe(false);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const asked = { ...self, pid: child.pid!, started: '' };
  expect(isDeadProcess(asked)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isDeadProcess(asked)).toBe(true);
  if (self.started !== '') expect(isDeadProcess({ ...self, started: '1' })).toBe(true);
});

test('of a process elsewhere nothing is known', () => {
  expect(isDeadProcess({ host: 'elsewhere', pid: 1_000_000_000, started: '' })).toBe(false);
});
