/** A test for a shell pattern: `*`, `?` and `[…]`. With `separator`, only `**` crosses it. */
export function globMatcher(pattern: string, separator = ''): (text: string) => boolean {
  if (!/[*?[]/.test(pattern)) return (text) => text === pattern;
  const one = separator ? `[^${separator}]` : '.';
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    const close = character === '[' ? pattern.indexOf(']', i + 2) : -1;
    if (pattern.startsWith('**', i)) {
      const wholeFolders = separator !== '' && pattern[i + 2] === separator;
      source += wholeFolders ? `(?:.*${separator})?` : '.*';
      i += wholeFolders ? 2 : 1;
    } else if (character === '*') source += `${one}*`;
    else if (character === '?') source += one;
    else if (close > 0) {
      const body = pattern
        .slice(i + 1, close)
        .replace(/[\\[\]]/g, '\\$&')
        .replace(/^!/, '^');
      source += `[${body}]`;
      i = close;
    } else source += character.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}
