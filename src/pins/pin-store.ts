import fs from 'node:fs/promises';
import path from 'node:path';
import type { Outcome } from '../diagnostics/diagnostic.js';
import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import type { PinUpdate } from './check-pins.js';
import { parseOwnPin } from './parse-own-pin.js';
import type { PinFile } from './pin-file.js';

/** Reads every `schemas/*.yml` of a project, by table. */
export async function readPins(rootDir: string, memo?: Memo): Promise<Outcome<ReadonlyMap<string, PinFile>>> {
  const names = await fs.readdir(path.join(rootDir, 'schemas')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const outcomes = await Promise.all(
    names
      .filter((name) => name.endsWith('.yml'))
      .sort()
      .map((name) => readPin(rootDir, `schemas/${name}`, memo)),
  );
  const files = outcomes.flatMap(({ value }) => value ?? []);
  return {
    value: new Map(files.map((file) => [file.pin.table, file])),
    diagnostics: outcomes.flatMap((outcome) => outcome.diagnostics),
  };
}

async function readPin(
  rootDir: string,
  file: string,
  memo: Memo | undefined,
): Promise<Outcome<PinFile | undefined>> {
  const text = await fs.readFile(path.join(rootDir, file), 'utf8');
  const key = hash(file, text);
  const known = memo?.get<Omit<PinFile, 'text'>>('pin', key);
  if (known) return { value: { ...known, text }, diagnostics: [] };
  const own = parseOwnPin(file, text);
  if (own) {
    const { text: _, ...rest } = own;
    memo?.set('pin', key, rest);
    return { value: own, diagnostics: [] };
  }
  // A YAML parser takes a hundred times longer, and is needed only for what a person wrote.
  const { parsePin } = await import('./parse-pin.js');
  return parsePin(file, text);
}

/** Writes, replaces and removes pin files. Each is replaced as a whole: a reader never sees half a pin. */
export async function writePins(rootDir: string, updates: readonly PinUpdate[]): Promise<void> {
  for (const { path: file, text } of updates) {
    const target = path.join(rootDir, file);
    if (text === undefined) {
      await fs.rm(target, { force: true });
      continue;
    }
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(`${target}.tmp`, text);
    await fs.rename(`${target}.tmp`, target);
  }
}
