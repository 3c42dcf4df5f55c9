import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import type { ParsedYaml } from './yaml-full.js';
import { parseSimpleYaml } from './yaml-simple.js';

/**
 * Parses a YAML text. Nearly all front matter is simple enough for the fast parser; the `yaml` package is
 * loaded for the first text that is not, and what it makes of it is remembered in the memo.
 */
export async function parseYaml(text: string, memo: Memo | undefined): Promise<ParsedYaml> {
  const simple = parseSimpleYaml(text);
  if (simple) return { root: simple, problems: [] };
  const key = memo && hash(text);
  const known = key && memo.get<ParsedYaml>('yaml', key);
  if (known) return known;
  const { parseFullYaml } = await import('./yaml-full.js');
  const parsed = parseFullYaml(text);
  if (key) memo.set('yaml', key, parsed);
  return parsed;
}
