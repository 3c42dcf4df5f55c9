/** A statement without the semicolons and blanks behind it, so that it can stand in parentheses. */
export function withoutEnd(sql: string): string {
  return sql.replace(/[;\s]+$/, '');
}
