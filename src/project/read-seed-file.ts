import { basename } from 'node:path';
import type { SeedFile, TextFile } from '../ir/project.js';
import { defaultsOf, type FolderDefaults } from './folder-defaults.js';
import { columnTypesOf, spansOf, toNodeConfig } from './node-config.js';
import { seedSchema } from './node-schema.js';
import { type ReadContext, readSettings } from './read-context.js';
import { wholeFile } from './read-text.js';
import { validate } from './validate.js';

/** Reads a CSV file under `seeds/` together with the settings beside it, where there are any. */
export async function readSeedFile(
  text: TextFile,
  settings: TextFile | undefined,
  defaults: FolderDefaults,
  context: ReadContext,
): Promise<SeedFile> {
  const name = basename(text.path, '.csv');
  const folder = defaultsOf(text.path, defaults);
  const read = settings && (await readSettings(wholeFile(settings), `Seed "${name}"`, context));
  const valid =
    read && validate(seedSchema, read.root, read.file, { what: settings.path }, context.diagnostics);
  const written = valid?.value ?? {};
  const config = toNodeConfig(written, valid?.tree, read?.file, folder, 'seed', context.diagnostics);
  return {
    ...text,
    name,
    config,
    columnTypes: columnTypesOf(valid?.value.columns),
    configSpans: valid ? spansOf(valid.tree, read.file, config.columns, folder.spans) : folder.spans,
  };
}
