import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type * as z from 'zod';
import { errorDiagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import { hintAmong } from '../util/hint-among.js';
import { type NodeDefaults, noDefaults, refined, spansOf, type WrittenDefaults } from './node-config.js';
import { orEmptyMap, type ReadContext } from './read-context.js';
import { validate } from './validate.js';
import type { YamlFile } from './yaml-file.js';
import { entriesOf, type YamlEntry, type YamlNode } from './yaml-node.js';

/** Settings by folder, such as `models/marts`; those of outer folders are part of those of inner ones. */
export type FolderDefaults = ReadonlyMap<string, NodeDefaults>;

/**
 * Reads what `etl.yml` says for a whole folder (`models:` or `seeds:`). A key that is a setting holds for
 * the folder; any other names a folder inside it.
 */
export function readFolderDefaults(
  folder: string,
  node: YamlNode | undefined,
  file: YamlFile,
  schema: z.ZodObject,
  context: ReadContext,
): FolderDefaults {
  const known = Object.keys(schema.shape);
  const defaults = new Map<string, NodeDefaults>();
  const visit = (path: string, from: YamlNode, outer: NodeDefaults): void => {
    const entries = entriesOf(from);
    const isSetting = (entry: YamlEntry) => known.includes(entry.key);
    const settings: YamlNode = from.kind === 'map' ? { ...from, entries: entries.filter(isSetting) } : from;
    const options = { what: `the defaults of ${path}/`, path: path.split('/') };
    const valid = validate(schema, settings, file, options, context.diagnostics);
    const own = valid
      ? { values: valid.value as WrittenDefaults, spans: spansOf(valid.tree, file, []) }
      : noDefaults;
    const all = refined(outer, own);
    defaults.set(path, all);
    for (const entry of entries) {
      if (!isSetting(entry) && isFolder(path, entry))
        visit(`${path}/${entry.key}`, orEmptyMap(entry.value), all);
    }
  };
  const isFolder = (path: string, entry: YamlEntry): boolean => {
    const inner = `${path}/${entry.key}`;
    const span = file.keySpan(entry);
    if (orEmptyMap(entry.value).kind !== 'map') {
      const message = `"${entry.key}" is no setting, and a folder ${inner}/ would need a map of settings.`;
      const hint = hintAmong(entry.key.replace(/^\+/, ''), known);
      context.diagnostics.push(errorDiagnostic('project/unknown-key', message, { span, ...hint }));
      return false;
    }
    if (!existsSync(join(context.rootDir, inner))) {
      const message = `These defaults are for the folder ${inner}/, which does not exist.`;
      context.diagnostics.push(
        warningDiagnostic('project/unknown-key', message, { span, ...hintAmong(entry.key, known) }),
      );
    }
    return true;
  };
  if (node) visit(folder, orEmptyMap(node), noDefaults);
  return defaults;
}

/** The settings that hold for a file: those of the innermost folder that has any. */
export function defaultsOf(path: string, defaults: FolderDefaults): NodeDefaults {
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    const found = defaults.get(folder);
    if (found) return found;
  }
  return noDefaults;
}
