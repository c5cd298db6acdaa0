/** A part of memory that C may be told of. */
export interface Block {
  readonly bytes: Buffer;
  readonly address: bigint;
}

/** Small typed arrays may live on V8's heap, where they move. */
const MIN_BYTES = 256;

/** Memory for one call or a few: it stays where it is as long as this object is held, and is overwritten in the end. */
export class Memory implements Disposable {
  readonly #addressOf: (bytes: Buffer) => bigint;
  readonly #blocks: Buffer[] = [];

  constructor(addressOf: (bytes: Buffer) => bigint) {
    this.#addressOf = addressOf;
  }

  /** Zeroes, or a copy of what is given. */
  take(content: number | Uint8Array): Block {
    const length = typeof content === 'number' ? content : content.length;
    const block = Buffer.allocUnsafeSlow(Math.max(length, MIN_BYTES)).fill(0);
    this.#blocks.push(block);
    if (typeof content !== 'number') {
      block.set(content);
    }
    return { bytes: block.subarray(0, length), address: this.#addressOf(block) };
  }

  /** An array of CK_ULONGs, or a structure of nothing else. */
  ulongs(values: readonly (number | bigint)[]): Block {
    const block = this.take(values.length * ULONG_BYTES);
    values.forEach((value, index) => {
      block.bytes.writeBigUInt64LE(BigInt(value), index * ULONG_BYTES);
    });
    return block;
  }

  [Symbol.dispose](): void {
    for (const block of this.#blocks.splice(0)) {
      block.fill(0);
    }
  }
}

/** Of a CK_ULONG, and of a pointer, on the platforms that are served. */
export const ULONG_BYTES = 8;

export function ulongAt({ bytes }: Block, index = 0): bigint {
  return bytes.readBigUInt64LE(index * ULONG_BYTES);
}
