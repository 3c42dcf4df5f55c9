/** Where git left the first marker of a conflict to be resolved in a text; `end` is exclusive. */
export function findMergeConflict(
  text: string,
): { readonly start: number; readonly end: number } | undefined {
  const found = /^(?:<{7}|>{7})(?: .*)?$/m.exec(text);
  return found ? { start: found.index, end: found.index + found[0].length } : undefined;
}

/** The text as the own side of a merge has it, at the same offsets: markers and the other side are blank. */
export function ownSideOfMerge(text: string): string {
  let side: 'both' | 'own' | 'other' = 'both';
  return text.replaceAll(/^.*$/gm, (line) => {
    const [marker = ''] = /^(?:<{7}|\|{7}|={7}|>{7})(?= |$)/.exec(line) ?? [];
    if (marker.startsWith('<')) side = 'own';
    else if (marker.startsWith('>')) side = 'both';
    else if (marker !== '' && side !== 'both') side = 'other';
    else if (side !== 'other') return line;
    return ' '.repeat(line.length);
  });
}
