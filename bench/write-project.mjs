import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateModels } from './generate-models.mjs';

/**
 * Writes a generated project whose models are all tables.
 * @param {string} folder
 * @param {number} modelCount
 */
export function writeProject(folder, modelCount) {
  rmSync(folder, { recursive: true, force: true });
  const files = generateModels(modelCount);
  files.set('etl.yml', `${files.get('etl.yml')}models: { materialized: table }\n`);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
