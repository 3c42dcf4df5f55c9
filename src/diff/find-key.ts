import type { NodeConfig, Project } from '../ir/project.js';

/**
 * The columns that tell a table's rows apart, as far as the project says it: `unique_key` or `primary_key`, or a
 * `unique` test over all rows. Undefined where it says nothing.
 */
export function findKey(project: Project, table: string): readonly string[] | undefined {
  const node = [...project.models, ...project.seeds, ...project.sources].find(({ name }) => name === table);
  return node && keyOf(node.config);
}

function keyOf({ options, tests, columns }: NodeConfig): readonly string[] | undefined {
  const declared = options.unique_key ?? options.primary_key;
  if (Array.isArray(declared) && declared.length > 0) return declared.map(String);
  const all = [...columns.flatMap((column) => column.tests), ...tests];
  const unique = all.find(
    ({ assertion, where, severity }) =>
      assertion.kind === 'unique' && where === undefined && severity === 'error',
  );
  return unique?.assertion.kind === 'unique' ? unique.assertion.columns : undefined;
}
