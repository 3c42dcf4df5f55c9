const macroPrefix = 'macro ';

/** A macro's id in the graph in which tables stand under their names, none of which has this form. */
export function macroId(name: string): string {
  return `${macroPrefix}${name}()`;
}

/** The macro of an id, or undefined for a table. */
export function macroOf(id: string): string | undefined {
  return id.startsWith(macroPrefix) && id.endsWith('()') ? id.slice(macroPrefix.length, -2) : undefined;
}

/** Ids of all that a query or macro names itself. */
export function readsOf(node: {
  readonly tables: readonly string[];
  readonly macros: readonly string[];
}): readonly string[] {
  return node.macros.length === 0 ? node.tables : [...node.tables, ...node.macros.map(macroId)];
}
