import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { buildId } from '../../util/build-id.js';
import { fileSignature } from '../../util/file-signature.js';
import { writeWhole } from '../last-run.js';
import type { ProjectPaths } from '../project-paths.js';
import { compiledIndex } from '../write-compiled.js';

/**
 * What a compile without errors leaves for the next one, beside the manifest that it wrote: enough to tell what a
 * change reaches, and to find the lines of single nodes. Lists of texts are one text with a line for each, since
 * tens of thousands of small texts take longer to read than all the rest.
 */
export interface SavedCompile {
  readonly format: 1;
  /** Another build of this code compiles anew. */
  readonly build: string;
  /** Stands for all that the project is made of besides its models. */
  readonly key: string;
  /** Stands for what the compile wrote, so that what somebody else wrote since is seen. */
  readonly outputs: string;
  /** Whether there is TypeScript, so that other columns are other types. */
  readonly isTyped: boolean;
  /** Files, in the order of their paths, those of disabled models included. */
  readonly models: {
    readonly paths: string;
    /** Empty where a file was so young that it is to be read again. */
    readonly signatures: string;
    readonly hashes: string;
    /** Paths of those that may come to something else although nothing changed. */
    readonly uncertain: readonly string[];
  };
  /** Sources, seeds and enabled models, each group sorted. */
  readonly nodes: {
    readonly names: string;
    /** Of each node how many it has, and which. */
    readonly inputs: readonly number[];
    readonly logics: string;
    readonly fingerprints: string;
    /** Of their lines in the manifest, in bytes. */
    readonly lengths: readonly number[];
    /** The order of the manifest. */
    readonly order: readonly number[];
  };
  /** Where the first node's line begins in the manifest, in bytes. */
  readonly headLength: number;
  readonly testCount: number;
  /** Of tests that read more than the node that they stand on, or on none (-1): that node, then what they read. */
  readonly testReads: readonly (readonly number[])[];
  /** Warnings about models and tests. */
  readonly warnings: readonly Diagnostic[];
}

/** What was saved. Undefined where there is nothing, or something else was written since. */
export function readSavedCompile(paths: ProjectPaths): SavedCompile | undefined {
  try {
    const saved = JSON.parse(readFileSync(pathOf(paths), 'utf8')) as SavedCompile;
    if (saved.format !== 1 || saved.build !== buildId()) return undefined;
    return saved.outputs === outputsSignature(paths) ? saved : undefined;
  } catch {
    return undefined;
  }
}

/** A project that may only be read is compiled anew each time. */
export async function writeSavedCompile(paths: ProjectPaths, saved: SavedCompile): Promise<void> {
  await writeWhole(pathOf(paths), JSON.stringify(saved)).catch(() => undefined);
}

export function outputsSignature({ manifest, compiled }: ProjectPaths): string {
  return [manifest, compiledIndex(compiled)].map((path) => fileSignature(path).text).join('\n');
}

/** Inputs of nodes, as lists. */
export function unpackInputs(packed: readonly number[]): number[][] {
  const inputs: number[][] = [];
  for (let at = 0; at < packed.length; at += packed[at]! + 1)
    inputs.push(packed.slice(at + 1, at + 1 + packed[at]!));
  return inputs;
}

export function packInputs(inputs: readonly (readonly number[])[]): readonly number[] {
  return inputs.flatMap((list) => [list.length, ...list]);
}

function pathOf(paths: ProjectPaths): string {
  return join(paths.cache, 'compiled.json');
}
