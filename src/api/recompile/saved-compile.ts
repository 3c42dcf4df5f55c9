import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { buildId } from '../../util/build-id.js';
import { fileSignature } from '../../util/file-signature.js';
import { writeWhole } from '../last-run.js';
import type { ProjectPaths } from '../project-paths.js';
import { compiledIndex } from '../write-compiled.js';

/**
 * What a compile without errors leaves for the next one, beside the manifest that it wrote: enough to tell what a
 * change reaches, and to find the lines of single nodes. Lists of one group belong together by position.
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
  readonly models: {
    /** Sorted, those that are disabled included. */
    readonly paths: readonly string[];
    /** Empty where a file was so young that it is to be read again. */
    readonly signatures: readonly string[];
    readonly hashes: readonly string[];
    /** Paths of those that may come to something else although nothing changed. */
    readonly uncertain: readonly string[];
  };
  readonly nodes: {
    /** Sources, seeds and enabled models, each group sorted. */
    readonly names: readonly string[];
    readonly inputs: readonly (readonly number[])[];
    readonly logics: readonly string[];
    readonly fingerprints: readonly string[];
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

/** What was saved, with the bytes of the manifest that it describes. Undefined where there is none that fits. */
export async function readSavedCompile(
  paths: ProjectPaths,
): Promise<{ readonly saved: SavedCompile; readonly manifest: Buffer } | undefined> {
  try {
    const saved = JSON.parse(await readFile(pathOf(paths), 'utf8')) as SavedCompile;
    if (saved.format !== 1 || saved.build !== buildId()) return undefined;
    if (saved.outputs !== outputsSignature(paths)) return undefined;
    return { saved, manifest: await readFile(paths.manifest) };
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

function pathOf(paths: ProjectPaths): string {
  return join(paths.cache, 'compiled.json');
}
