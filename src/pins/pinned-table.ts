import type { Span } from '../diagnostics/span.js';
import { declaredRenames } from '../ir/declared-renames.js';
import type { ManifestNode } from '../ir/manifest.js';
import { requiredColumns } from '../ir/required-columns.js';
import type { TableVersion } from '../ir/table-version.js';
import type { CompatibilityMode } from '../schema/compatibility.js';
import type { TableShape } from '../schema/diff-schema.js';

/** A table whose readers are to be protected: a published one, or a landed source. */
export interface PinnedTable {
  readonly table: string;
  /** What the project makes now. */
  readonly schema: TableShape;
  /** What the lake holds now, if the table exists there. */
  readonly lake?: TableShape;
  /** Old name by the path of each renamed column. */
  readonly renames: Readonly<Record<string, string>>;
  /** What the project's files demand; otherwise the pin's own mode holds. */
  readonly mode?: CompatibilityMode;
  /** Where columns are defined, by name. */
  readonly columnSpans: Readonly<Record<string, Span>>;
}

/**
 * What is to be pinned of a node. A column with a `not_null` test (severity `error`, over all rows) promises
 * a value; DuckDB itself does not know nullability.
 */
export function pinnedTable(node: ManifestNode, current?: TableVersion): PinnedTable {
  const { config, schema } = node;
  const required = requiredColumns(config);
  const columns = schema.columns.map((column) => ({
    ...column,
    nullable: column.nullable !== false && !required.has(column.name.toLowerCase()),
  }));
  return {
    table: node.name,
    schema: { columns, partitionBy: config.partitionBy },
    ...(current && { lake: { columns: current.schema.columns, partitionBy: current.partitionBy } }),
    renames: declaredRenames(config),
    ...(config.compatibility && { mode: config.compatibility }),
    columnSpans: Object.fromEntries(config.columns.flatMap(({ name, span }) => (span ? [[name, span]] : []))),
  };
}
