/** What a row holds under a name, by a getter perhaps; what every object inherits, such as `constructor`, is not it. */
export function rowValue(row: Readonly<Record<string, unknown>>, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(row, name) ? undefined : row[name];
}
