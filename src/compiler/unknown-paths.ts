import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { ColumnConfig, NodeConfig } from '../ir/project.js';
import { columnPaths, nearestPath } from '../schema/column-paths.js';
import type { Column } from '../schema/table-schema.js';
import { rememberedOf } from '../util/remembered-of.js';

const unknownOf = rememberedOf<NodeConfig, readonly Diagnostic[]>();

/** Warnings of what `columns` says about columns and fields that a table does not have. */
export function unknownPaths(config: NodeConfig, columns: readonly Column[]): readonly Diagnostic[] {
  return unknownOf(config, columns, () => findUnknown(config, columns));
}

function findUnknown({ columns: written }: NodeConfig, columns: readonly Column[]): readonly Diagnostic[] {
  // With tests on it, those are the error.
  const described = written.filter(({ tests }) => tests.length === 0);
  if (described.length === 0) return [];
  // A column is named as it is, what is inside one by its path.
  const paths = columnPaths(columns);
  const exact = new Set([...columns.map(({ name }) => name), ...paths]);
  const lower = new Set([...exact].map((path) => path.toLowerCase()));
  const json = columns.filter(({ type }) => type === 'JSON').map(({ name }) => name.toLowerCase());
  const isKnown = ({ name, renamedFrom }: ColumnConfig) => {
    const outer = /^[^.[]+/.exec(name)?.[0] ?? name;
    if (json.includes(outer.toLowerCase())) return true;
    return renamedFrom === undefined ? lower.has(name.toLowerCase()) : exact.has(name);
  };
  return described.flatMap((config) => {
    if (isKnown(config)) return [];
    const { name, span, renamedFrom } = config;
    const isField = /[.[]/.test(name);
    const what = `There is no ${isField ? 'field' : 'column'} "${name}" to ${renamedFrom === undefined ? 'describe' : 'rename'}.`;
    const close = nearestPath(name, isField ? paths : columns.map((column) => column.name));
    return warningDiagnostic('compile/unknown-column', what, {
      ...(span && { span }),
      ...(close !== undefined && { hint: `did you mean "${close}"?` }),
    });
  });
}
