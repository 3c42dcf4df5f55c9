import { parse } from 'yaml';

/**
 * Reads a value as YAML. Throws where it is none. A file of its own, so that only flags that need it load the
 * parser: bundled, a CommonJS package that is imported dynamically has no named exports.
 */
export function parseYamlValue(text: string): unknown {
  return parse(text);
}
