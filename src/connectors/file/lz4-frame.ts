/** Decompresses an LZ4 frame, which is how Python writes Feather files. Throws a `RangeError` for bytes that are none. */
export function decompressLz4(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) throw new RangeError('Not an LZ4 frame.');
  const flags = frame[4]!;
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasContentSize = (flags & 0x08) !== 0;
  const hasDictionaryId = (flags & 0x01) !== 0;
  const output = new Output(hasContentSize ? Number(view.getBigUint64(6, true)) : frame.length * 4);
  let at = 7 + (hasContentSize ? 8 : 0) + (hasDictionaryId ? 4 : 0);
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) return output.bytes();
    const size = header & 0x7fffffff;
    if (at + size > frame.length) throw new RangeError('LZ4: the frame is cut off.');
    const block = frame.subarray(at, at + size);
    if (header >>> 31) output.append(block);
    else decompressBlock(block, output);
    at += size + (hasBlockChecksum ? 4 : 0);
  }
}

/** Literals, then a match in what was written before, over and over. */
function decompressBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) for (let byte = 255; byte === 255; length += byte) byte = block[at++] ?? 0;
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = lengthOf(token >> 4);
    output.append(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) return;
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    output.repeat(distance, lengthOf(token & 15) + 4);
  }
}

class Output {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(capacity, 64));
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Repeats bytes that begin `distance` before the end; they may overlap what is written. */
  repeat(distance: number, length: number): void {
    this.#reserve(length);
    const from = this.#length - distance;
    if (distance === 0 || from < 0) throw new RangeError('LZ4: a match before the start.');
    const bytes = this.#bytes;
    if (distance >= length) bytes.copyWithin(this.#length, from, from + length);
    else for (let i = 0; i < length; i++) bytes[this.#length + i] = bytes[from + i]!;
    this.#length += length;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#length + more, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
