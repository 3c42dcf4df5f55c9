import { hasErrors } from '../diagnostics/diagnostic.js';
import { declaredRenames } from '../ir/declared-renames.js';
import type { SourceTable } from '../ir/project.js';
import { type OnSchemaChange, onSchemaChange } from '../pins/on-schema-change.js';
import { withPinnedTypes } from '../pins/with-pinned-types.js';
import type { Pin } from '../schema/pin.js';
import { storedType } from '../schema/stored-type.js';
import type { Column } from '../schema/table-schema.js';
import { hash } from '../util/hash.js';
import type { SourceEntry } from './source-states.js';

/**
 * What lands of a source whose columns may not be the pinned ones, by its `on_schema_change` (default: `evolve`).
 * Where nothing may land, the pinned columns stand in, so that the models that read it compile all the same.
 *
 * @param accepts whether its columns land as they are, whatever the pin says
 */
export function landedSchema(
  table: SourceTable,
  pin: Pin | undefined,
  entry: SourceEntry,
  accepts = false,
): SourceEntry {
  if (!pin) return entry;
  const policy = (table.config.options.on_schema_change ?? 'evolve') as OnSchemaChange;
  const stored = { columns: entry.schema.columns.map(asStored) };
  // The pinned columns land as they are pinned, under their old names too.
  const renames = policy === 'ignore' ? {} : declaredRenames(table.config);
  const found = withPinnedTypes(stored, pin, entry.untyped ?? [], renames);
  const declared = Object.keys(table.columnTypes);
  const { schema, diagnostics } = accepts
    ? { schema: found, diagnostics: [] }
    : onSchemaChange(table.name, pin, found, policy, { renames, declared });
  const problems = diagnostics.map((diagnostic) => ({ ...diagnostic, span: diagnostic.span ?? table.span }));
  if (schema === stored && !hasErrors(problems)) return { ...entry, problems };
  // Where nothing may land, the pinned ones stand in.
  const landed = hasErrors(problems) ? pin : schema;
  const columns = landed.columns.map(({ name, type }) => ({ name, type }));
  const dataKey = hash(entry.dataKey, ...columns.flatMap(({ name, type }) => [name, type]));
  const narrowed =
    policy === 'ignore' && found.columns.some((column) => !columns.some((one) => isSameColumn(one, column)));
  return {
    ...entry,
    dataKey,
    schema: { columns },
    found: entry.schema,
    problems,
    ...(narrowed && { narrowed }),
  };
}

function isSameColumn(one: Column, other: Column): boolean {
  return one.name.toLowerCase() === other.name.toLowerCase() && one.type === other.type;
}

/** Types without a Parquet form stay: the compiler refuses them. */
function asStored({ name, type }: Column): Column {
  const stored = storedType(type);
  return { name, type: 'type' in stored ? stored.type : type };
}
