import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Memo } from '../ports/memo.js';
import { interpolate } from './interpolate.js';
import { readYaml, type YamlFile, type YamlPlace } from './yaml-file.js';
import type { YamlNode } from './yaml-node.js';

/** What all readers of one project share. */
export interface ReadContext {
  readonly rootDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The map of variables; undefined while they are read themselves. */
  readonly vars: YamlNode | undefined;
  readonly memo: Memo | undefined;
  /** Every reader adds what it finds. */
  readonly diagnostics: Diagnostic[];
}

/** Parses a YAML text and fills in its variables. `owner` begins the sentence when one is missing. */
export async function readSettings(
  place: YamlPlace,
  owner: string,
  context: ReadContext,
): Promise<{ readonly file: YamlFile; readonly root: YamlNode }> {
  const file = await readYaml(place, context.memo, context.diagnostics);
  const hasReferences = place.text.slice(place.start, place.end).includes('${');
  const scope = { env: context.env, vars: context.vars, owner };
  const root = hasReferences ? interpolate(file.root, file, scope, context.diagnostics) : file.root;
  return { file, root: orEmptyMap(root) };
}

/** An empty document means that nothing is set. */
export function orEmptyMap(root: YamlNode): YamlNode {
  if (root.kind !== 'scalar' || root.value !== null || root.unresolved) return root;
  return { kind: 'map', entries: [], start: root.start, end: root.end };
}
