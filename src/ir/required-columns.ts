import type { ColumnConfig, NodeConfig } from './project.js';

/**
 * Names, in lower case, of the columns that never are NULL: those with a `not_null` test of severity
 * `error` over all rows. DuckDB itself does not know nullability.
 */
export function requiredColumns(config: NodeConfig): ReadonlySet<string> {
  return new Set(config.columns.filter(promisesValue).map((column) => column.name.toLowerCase()));
}

function promisesValue({ tests }: ColumnConfig): boolean {
  return tests.some(
    ({ assertion, severity, where, errorIf = '> 0' }) =>
      assertion.kind === 'not_null' &&
      severity === 'error' &&
      where === undefined &&
      errorIf.replaceAll(' ', '') === '>0',
  );
}
