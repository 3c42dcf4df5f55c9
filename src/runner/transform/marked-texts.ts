import type { Data } from 'apache-arrow';
import { arrowTypeId } from '../../schema/arrow-type.js';

/** Whether the text of a row begins with a byte order mark, which Arrow leaves out of the text that it gives. */
export type IsMarked = (row: number) => boolean;

/** Undefined for a column in which no text begins with a mark, or that has no texts. */
export function markedTexts(data: Data): IsMarked | undefined {
  if ((data.type.typeId as number) !== arrowTypeId.utf8) return undefined;
  const bytes = data.values as Uint8Array;
  const offsets = data.valueOffsets as Int32Array;
  const isMarked: IsMarked = (row) => {
    const start = offsets[row]!;
    if (offsets[row + 1]! - start < 3) return false;
    return bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  };
  for (let row = 0; row < data.length; row++) if (isMarked(row)) return isMarked;
  return undefined;
}
