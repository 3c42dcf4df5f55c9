/** Quotes an argument for POSIX shells, with as few escapes as possible. */
export function shellQuote(text: string): string {
  if (/^[\w./:=@%+,-]+$/.test(text)) return text;
  const single = `'${text.replaceAll("'", `'\\''`)}'`;
  const double = `"${text.replace(/["$`\\]/g, '\\$&')}"`;
  // History expansion happens within double quotes too, and cannot be escaped there.
  return text.includes('!') || single.length < double.length ? single : double;
}
