/** UTF-16 offset of a UTF-8 byte offset, which is what DuckDB counts in. */
export function utf16Offset(sql: string, byteOffset: number): number {
  let bytes = 0;
  let units = 0;
  for (const character of sql) {
    if (bytes >= byteOffset) break;
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
  }
  return units;
}

/** UTF-16 offset of a number of code points, which a syntax error of `json_serialize_sql` counts in. */
export function utf16OffsetOfCodePoint(sql: string, codePoints: number): number {
  let units = 0;
  let left = codePoints;
  for (const character of sql) {
    if (left-- <= 0) break;
    units += character.length;
  }
  return units;
}
