import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import {
  configError,
  missingOption,
  namesOption,
  repeatedColumn,
  textOption,
  unknownColumns,
} from './read-options.js';
import { addedNames } from './snapshot-columns.js';

/** Errors of the settings that say which rows are states of one thing, and when it changed. */
export function snapshotErrors(node: ManifestNode): readonly Diagnostic[] {
  return [
    ...missingOption(node, 'unique_key', 'it says which rows are states of one thing', '[id]'),
    ...columnErrors(node),
    ...repeatedColumn(node, 'unique_key'),
    ...changeErrors(node),
    ...strategyErrors(node),
    ...timeErrors(node),
    ...nameErrors(node),
  ];
}

/** Only columns of the query can say what changed: the others are what comes of it. */
function columnErrors(node: ManifestNode): readonly Diagnostic[] {
  const added = addedNames(node.config);
  const columns = node.schema.columns.filter(({ name }) => !added.has(name.toLowerCase()));
  const names = columns.map(({ name }) => name).join(', ');
  const updatedAt = textOption(node.config, 'updated_at');
  const settings = {
    unique_key: namesOption(node.config, 'unique_key'),
    check_columns: namesOption(node.config, 'check_columns').filter((name) => name !== 'all'),
    updated_at: updatedAt === undefined ? [] : [updatedAt],
  };
  return Object.entries(settings).flatMap(([key, named]) => {
    const own = named.filter((name) => !added.has(name.toLowerCase()));
    const errors = named
      .filter((name) => added.has(name.toLowerCase()))
      .map((name) => {
        const message = `"${name}" is a column that the snapshot ${node.name} adds, so its ${key} cannot name it.`;
        return configError(node, key, message, `name a column of the query: ${names}`);
      });
    return [...errors, ...unknownColumns({ ...node, schema: { columns } }, key, own)];
  });
}

function changeErrors(node: ManifestNode): readonly Diagnostic[] {
  const { updated_at: updatedAt, check_columns: compared } = node.config.options;
  const error = (key: string, message: string, hint: string) => [configError(node, key, message, hint)];
  if (updatedAt !== undefined && compared !== undefined) {
    const message = `${node.name} has both "updated_at" and "check_columns": only one of them can say what changed.`;
    return error('check_columns', message, 'leave one of them out');
  }
  const examples = '`check_columns: [status]`, or `check_columns: all`';
  if (updatedAt === undefined && compared === undefined) {
    const message = `${node.name} needs either "updated_at" or "check_columns" to see what changed.`;
    return error('updated_at', message, `write \`updated_at: updated_at\`, or ${examples}`);
  }
  if (compared === undefined) return [];
  const key = new Set(namesOption(node.config, 'unique_key').map((name) => name.toLowerCase()));
  const names = namesOption(node.config, 'check_columns');
  if (names.some((name) => !key.has(name.toLowerCase()))) return [];
  const what = names.length === 0 ? 'no column' : 'only columns of the key, which tells rows apart';
  const message = `The check_columns of ${node.name} name ${what}, so no change would be seen.`;
  return error('check_columns', message, `write ${examples}`);
}

function strategyErrors(node: ManifestNode): readonly Diagnostic[] {
  const { strategy, updated_at: updatedAt } = node.config.options;
  if (strategy === undefined || strategy === (updatedAt === undefined ? 'check' : 'timestamp')) return [];
  const hint = 'leave it out: "updated_at" and "check_columns" say it already';
  const message = `"${String(strategy)}" is no strategy of the snapshot ${node.name}.`;
  return [configError(node, 'strategy', message, hint)];
}

function timeErrors(node: ManifestNode): readonly Diagnostic[] {
  const updatedAt = textOption(node.config, 'updated_at')?.toLowerCase();
  if (updatedAt === undefined || addedNames(node.config).has(updatedAt)) return [];
  const column = node.schema.columns.find(({ name }) => name.toLowerCase() === updatedAt);
  if (!column || /^(DATE|TIMESTAMP)\b/.test(column.type)) return [];
  const message = `"${column.name}" of ${node.name} is ${column.type}; updated_at is a date or a timestamp.`;
  return [configError(node, 'updated_at', message, 'cast it, such as cast(… as TIMESTAMP)')];
}

function nameErrors(node: ManifestNode): readonly Diagnostic[] {
  const added = addedNames(node.config);
  const names = node.schema.columns.map((column) => column.name.toLowerCase());
  const twice = names.find((name, i) => added.has(name) && names.indexOf(name) !== i);
  if (twice === undefined) return [];
  const message = `${node.name} has a column "${twice}" of its own, which a snapshot adds.`;
  return [configError(node, 'materialized', message, 'give it another name in the query')];
}
