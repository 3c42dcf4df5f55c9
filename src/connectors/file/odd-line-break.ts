import type { FoundFile } from './list-files.js';
import { openBytes } from './open-bytes.js';

const lineFeed = 10;
const carriageReturn = 13;

/**
 * Number of the first line of a CSV file that does not end as its first row does, which DuckDB refuses without
 * saying where. Line breaks inside quotes do not count. For encodings in which these characters are one byte.
 */
export async function oddLineBreak(
  file: FoundFile,
  newLine: string,
  quote: string,
): Promise<number | undefined> {
  const quoteByte = quote.charCodeAt(0);
  const wantsReturn = newLine === '\r\n';
  let line = 1;
  let isQuoted = false;
  let afterReturn = false;
  for await (const bytes of openBytes(file)) {
    for (const byte of bytes) {
      if (byte === quoteByte) isQuoted = !isQuoted;
      const isOdd = byte === lineFeed ? afterReturn !== wantsReturn : afterReturn;
      if (isOdd && !isQuoted) return line;
      if (byte === lineFeed) line++;
      afterReturn = byte === carriageReturn;
    }
  }
  return undefined;
}
