/** Where values of environment variables stand in a piece of SQL, the way a literal writes them. */
export function secretRanges(text: string, offset: number, secrets: ReadonlySet<string>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const secret of secrets) {
    const written = secret.replaceAll("'", "''");
    if (written === '') continue;
    for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + written.length)) {
      ranges.push([offset + at, offset + at + written.length]);
    }
  }
  return ranges;
}
