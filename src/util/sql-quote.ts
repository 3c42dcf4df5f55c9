/** Quotes an identifier for DuckDB. The only place that does. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('A SQL identifier cannot hold a NUL character.');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a dotted relation name such as `shop.orders`: at most one dot, as source names have. */
export function quoteRelation(name: string): string {
  const dot = name.indexOf('.');
  if (dot < 0) return quoteIdentifier(name);
  return `${quoteIdentifier(name.slice(0, dot))}.${quoteIdentifier(name.slice(dot + 1))}`;
}

/** Quotes a string as a SQL literal. NUL, which no literal can hold, is spliced in with `chr(0)`. */
export function quoteString(value: string): string {
  const plain = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\0') ? `(${plain.replaceAll('\0', "' || chr(0) || '")})` : plain;
}

/** A SQL list of string literals: `['a', 'b']`. */
export function quoteList(values: readonly string[]): string {
  return `[${values.map(quoteString).join(', ')}]`;
}

/** The path of one file as a SQL literal, for table functions that take paths as patterns. */
export function quotePath(path: string): string {
  return quoteString(escapeGlob(path));
}

/** A SQL list of such paths: `['/data/a.csv', '/data/b[[]1].csv']`. */
export function quotePaths(paths: readonly string[]): string {
  return quoteList(paths.map(escapeGlob));
}

function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}
