/** Bytes as DuckDB writes them as text: `a\x00`. */
export function blobText(bytes: Iterable<number>): string {
  let text = '';
  for (const byte of bytes) text += texts[byte];
  return text;
}

/** The bytes that a text of DuckDB's stands for; undefined when it is none. */
export function bytesOfBlobText(text: string): Uint8Array | undefined {
  if (!pattern.test(text)) return undefined;
  const plain = text.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

const pattern = /^(?:\\x[0-9a-f]{2}|[^\\\u0080-\uffff])*$/i;

const texts = Array.from({ length: 256 }, (_, byte) => {
  const isPlain = byte >= 32 && byte < 127 && !`\\"'`.includes(String.fromCharCode(byte));
  return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});
