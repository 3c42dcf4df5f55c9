/** White space, comments and semicolons. */
const nothing = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/;

/** Whether a text has something for the engine to run. */
export function holdsSql(text: string): boolean {
  return !nothing.test(text);
}
