import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in no particular order. */
  readonly output: string;
}

/** Starts `etl` in a folder, with an environment that says nothing about CI or colours. */
export function startEtl(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  options: Pick<SpawnOptions, 'detached'> = {},
): ChildProcess {
  const { CI: _ci, GITHUB_ACTIONS: _gh, npm_command: _npm, ...inherited } = process.env;
  return spawn(process.execPath, [inject('cliPath'), ...args], {
    cwd: folder,
    env: { ...inherited, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
}

/** Runs `etl` to its end. */
export function runEtl(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult> {
  return finished(startEtl(folder, args, env));
}

/** Waits for a started command and gathers what it printed. */
export function finished(child: ChildProcess): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (data) => (stdout += data));
  child.stderr!.on('data', (data) => (stderr += data));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr, output: stdout + stderr }));
  });
}

/** Waits until a started command has printed something. */
export function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    const look = (data: unknown) => {
      output += data;
      if (pattern.test(output)) resolve();
    };
    child.stdout!.on('data', look);
    child.stderr!.on('data', look);
    child.on('close', () => reject(new Error(`It ended without printing ${pattern}:\n${output}`)));
  });
}

/**
 * Presses Ctrl-C some time after a started command has printed something; says how long it took until then, and to
 * end.
 */
export async function interrupted(
  child: ChildProcess,
  pattern: RegExp,
  laterMs = 0,
): Promise<CliResult & { readonly startMs: number; readonly endMs: number }> {
  const started = performance.now();
  const end = finished(child);
  await printed(child, pattern);
  await new Promise((resolve) => setTimeout(resolve, laterMs));
  const sent = performance.now();
  child.kill('SIGINT');
  const result = await end;
  return { ...result, startMs: sent - started, endMs: performance.now() - sent };
}

/** Makes a project in a new temporary folder that goes away with the test. */
export function makeProject(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'etl-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, { 'etl.yml': 'name: test\ntargets:\n  dev: { lake: .etl/lake }\n', ...files });
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Rows of a query through `etl query`. */
export async function queryRows(folder: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const result = await runEtl(folder, ['query', sql, '--format', 'json']);
  if (result.code !== 0) throw new Error(`etl query failed:\n${result.output}`);
  return JSON.parse(result.stdout) as Record<string, unknown>[];
}
