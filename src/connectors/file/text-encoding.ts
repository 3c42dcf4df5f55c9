import type { FileOptions } from './options.js';

/**
 * The text of a file, piece by piece, without its byte order mark. UTF-16 is little-endian unless the mark says
 * otherwise; Latin-1 is what the web means by it, Windows-1252. Throws `ERR_ENCODING_INVALID_ENCODED_DATA`.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: FileOptions['encoding'],
): AsyncGenerator<string> {
  if (encoding === 'latin-1') {
    for await (const part of bytes) yield windows1252(part);
    return;
  }
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let rest: Uint8Array = new Uint8Array();
  for await (const part of bytes) {
    if (!decoder) {
      rest = Buffer.concat([rest, part]);
      if (rest.length < 2) continue;
      decoder = decoderOf(rest, encoding);
      yield decoder.decode(rest, { stream: true });
    } else yield decoder.decode(part, { stream: true });
  }
  yield decoder ? decoder.decode() : decoderOf(rest, encoding).decode(rest);
}

function decoderOf(head: Uint8Array, encoding: 'utf-8' | 'utf-16') {
  const isBigEndian = head[0] === 0xfe && head[1] === 0xff;
  // What is not UTF-8 is for the reader to complain of, which knows the row.
  if (encoding === 'utf-8') return new TextDecoder('utf-8');
  return new TextDecoder(isBigEndian ? 'utf-16be' : 'utf-16le', { fatal: true });
}

/** What Windows-1252 has in place of the control characters 0x80 to 0x9F. */
const windowsCharacters = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function windows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => windowsCharacters[character.charCodeAt(0) - 0x80]!);
}
