import { functionNames, type ParsedSql } from './parsed-sql.js';

const readsByText: ReadonlySet<string> = new Set([
  'query',
  'query_table',
  'json_execute_serialized_sql',
  'pragma_show',
  'pragma_storage_info',
  'pragma_table_info',
]);

export const hiddenInputHint =
  'name the table in FROM; where the name is computed, write ${ref(…)} or a TypeScript macro that takes one';

/** A function in FROM that reads the tables which a text names: what the query depends on cannot be seen then. */
export function readerByText(
  { tableFunctions }: ParsedSql,
  isMacro: (name: string) => boolean,
): string | undefined {
  return functionNames(tableFunctions).find((name) => readsByText.has(name) && !isMacro(name));
}

/** Why such a query is refused. */
export function hiddenInputMessage(name: string): string {
  return `${name}() takes its table as a text, so nothing can tell what is read.`;
}
