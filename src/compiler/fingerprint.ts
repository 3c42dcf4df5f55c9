import type { PlainValue } from '../ir/plain-value.js';
import type { NodeConfig, SeedFile, SourceTable } from '../ir/project.js';
import { combineHashes } from '../util/combine-hashes.js';
import { hash } from '../util/hash.js';
import { sqlTokens } from './sql-tokens.js';

/** Hash of all of a model's own that affects its rows. Descriptions, tags, tests and meta do not. */
export function modelLogic(
  astHashes: readonly string[],
  config: NodeConfig,
  macroHashes: readonly string[],
  settingsKey: string,
): string {
  return combineHashes('model', ...astHashes, dataConfig(config), ...macroHashes, settingsKey);
}

/** Hash of a seed's rows and of the types that a person fixed. */
export function seedLogic(seed: SeedFile): string {
  return hash('seed', seed.hash, stableJson(seed.columnTypes), dataConfig(seed.config));
}

/** Hash of a source table's definition. Secrets go in and cannot be read back. */
export function sourceLogic(table: SourceTable): string {
  const { name, connector, options, columnTypes, config } = table;
  return hash('source', name, connector, stableJson(options), stableJson(columnTypes), dataConfig(config));
}

/** Hash of a node's logic and of its inputs' fingerprints; `inputs` alternates names and fingerprints. */
export function fingerprintOf(logic: string, inputs: readonly string[]): string {
  return combineHashes('node', logic, ...inputs);
}

/** Options that say when and how much is built, not what: changing them leaves the rows that are there right. */
const pacing: ReadonlySet<string> = new Set([
  'batch_size',
  'begin',
  'full_refresh',
  'late_rows',
  'lookback',
  'on_schema_change',
]);

function dataConfig({ materialized, partitionBy, options: all }: NodeConfig): string {
  // Where a table is published to says nothing of its rows.
  const { publish: _, ...options } = all;
  const parts =
    partitionBy.length === 0
      ? `"${materialized}"`
      : [materialized, ...partitionBy].map((part) => JSON.stringify(part)).join(' ');
  if (isEmpty(options)) return parts;
  const kept = Object.fromEntries(Object.entries(options).filter(([key]) => !pacing.has(key)));
  return `${parts} ${stableJson(kept)}`;
}

/**
 * Hash of the engine's settings that can change what a query returns, such as the time zone. Statements that
 * only open doors (secrets, extensions) are left out: a new password rebuilds nothing.
 */
export function settingsKey(init: string | undefined): string {
  const statements: string[][] = [[]];
  for (const token of sqlTokens(init ?? '')) {
    if (init![token.start] === ';') statements.push([]);
    else statements.at(-1)!.push(init!.slice(token.start, token.end));
  }
  const relevant = statements.filter((words) => words.length > 0 && !opensDoors(words));
  return relevant.length === 0 ? '' : hash(...relevant.map((words) => words.join(' ')));
}

const createModifiers: ReadonlySet<string> = new Set(['or', 'replace', 'persistent', 'temporary', 'temp']);

function opensDoors(words: readonly string[]): boolean {
  const [first = '', ...rest] = words.map((word) => word.toLowerCase());
  if (first === 'install' || first === 'load') return true;
  if (first === 'create') return rest.find((word) => !createModifiers.has(word)) === 'secret';
  return first === 'set' && rest.slice(0, 2).some((word) => /^(s3|http|azure|gcs)_/.test(word));
}

function isEmpty(options: NodeConfig['options']): boolean {
  for (const _ in options) return false;
  return true;
}

/** JSON with sorted keys. */
function stableJson(value: PlainValue | Readonly<Record<string, PlainValue>>): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
