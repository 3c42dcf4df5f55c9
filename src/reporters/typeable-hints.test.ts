import { beforeEach, describe, expect, test, vi } from 'vitest';
import { commands } from '../cli/commands.js';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { RunEvent } from '../ir/run-event.js';
import { typeableHint, typeableHints } from './typeable-hints.js';

beforeEach(() => void vi.stubEnv('npm_command', undefined));

describe('commands in hints', () => {
  test('get the flags of the command before, and its name', () => {
    expect(typeableHint('accept them with `etl pin a`, or `etl build`', '-t prod')).toBe(
      'accept them with `etl pin -t prod a`, or `etl build -t prod`',
    );
    vi.stubEnv('npm_command', 'exec');
    expect(typeableHint('etl ls shows what can be selected')).toBe('npx etl ls shows what can be selected');
    expect(typeableHint('run npx etl build -s a', '-t prod')).toBe('run npx etl build -t prod -s a');
    expect(typeableHint('run "etl init shop"', '-t prod')).toBe('run "npx etl init shop"');
  });

  test('stay where they are none, or ask for help', () => {
    for (const hint of [
      'see .etl/build/a',
      'etl runs a build',
      'the etl building',
      'etl ls --help',
      'an-etl ls',
    ])
      expect(typeableHint(hint, '-t prod')).toBe(
        hint.startsWith('etl runs') ? 'etl runs -t prod a build' : hint,
      );
  });

  test('are those that there are', () => {
    for (const { name, flags } of commands) {
      const expected = 'target' in flags ? `etl ${name} -t prod x` : `etl ${name} x`;
      expect(typeableHint(`etl ${name} x`, '-t prod')).toBe(expected);
    }
  });
});

test('a diagnostic that comes twice stays one', () => {
  const error = errorDiagnostic('lake/no-table', 'No.', { hint: 'etl build -s a' });
  const typeable = typeableHints('-t prod');
  const said = (event: RunEvent) => (event.kind === 'diagnostics' ? event.diagnostics : []);
  const [first] = said(typeable({ kind: 'diagnostics', diagnostics: [error] }));
  const [again] = said(typeable({ kind: 'diagnostics', diagnostics: [error] }));
  expect(first?.hint).toBe('etl build -t prod -s a');
  expect(again).toBe(first);
});
