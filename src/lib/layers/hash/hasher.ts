import { createDigester, type Digest, type DigestAlgorithm } from '#base/digest.ts';
import { HashChannel } from './channel.ts';
import { SLOT_BYTES } from './protocol.ts';

/** Below this, starting a thread would take longer than hashing. */
const INLINE_BYTES = 4 * 1024 * 1024;

/** One running digest. */
export interface Lane {
  /** Takes a copy; a promise means that it needs longer: until then the chunk must not change nor the next one come. */
  update(chunk: Uint8Array): Promise<void> | undefined;
  digest(): Promise<Digest>;
}

/**
 * Digests of streams, computed on another core once a stream turns out to be long. One thread serves all lanes and is
 * started by the first that needs it. Content passes through a few shared megabytes, so whoever is faster waits. To be closed.
 */
export class Hasher {
  #channel: HashChannel | null = null;
  #lanes = 0;

  lane(algorithm: DigestAlgorithm): Lane {
    return new RunningLane(algorithm, this.#lanes++, () => this.#start());
  }

  /** Starts the thread ahead of time when `size` bytes are known to come. */
  expect(size: number | null): void {
    if (size !== null && size > INLINE_BYTES) {
      this.#start();
    }
  }

  async close(): Promise<void> {
    await this.#channel?.close();
    this.#channel = null;
  }

  #start(): HashChannel {
    return (this.#channel ??= new HashChannel());
  }
}

class RunningLane implements Lane {
  readonly #algorithm: DigestAlgorithm;
  readonly #id: number;
  readonly #start: () => HashChannel;
  /** The first bytes, until there are enough of them for the thread. */
  #first: Uint8Array[] = [];
  #firstLength = 0;
  #channel: HashChannel | null = null;
  #slot: number | null = null;
  #filled = 0;

  constructor(algorithm: DigestAlgorithm, id: number, start: () => HashChannel) {
    this.#algorithm = algorithm;
    this.#id = id;
    this.#start = start;
  }

  update(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#channel !== null) {
      return this.#pass(chunk);
    }
    // A source may reuse its buffer after this call. `slice` of a Buffer would be no copy.
    this.#first.push(new Uint8Array(chunk));
    this.#firstLength += chunk.length;
    if (this.#firstLength <= INLINE_BYTES) {
      return undefined;
    }
    const first = Buffer.concat(this.#first, this.#firstLength);
    this.#first = [];
    this.#channel = this.#start();
    this.#channel.send({ kind: 'open', lane: this.#id, algorithm: this.#algorithm });
    return this.#pass(first);
  }

  async digest(): Promise<Digest> {
    if (this.#channel === null) {
      const digester = createDigester(this.#algorithm);
      this.#first.forEach((chunk) => digester.update(chunk));
      return digester.digest();
    }
    this.#flush(this.#channel);
    return await this.#channel.digest(this.#id);
  }

  /** Fills slots as long as there are any; the rest waits. */
  #pass(chunk: Uint8Array): Promise<void> | undefined {
    const channel = this.#channel ?? this.#start();
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#slot === null) {
        const slot = channel.slot();
        if (typeof slot !== 'number') {
          return this.#passLater(slot, rest);
        }
        this.#slot = slot;
      }
      const part = rest.subarray(0, SLOT_BYTES - this.#filled);
      channel.bytesOf(this.#slot).set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === SLOT_BYTES) {
        this.#flush(channel);
      }
    }
    return undefined;
  }

  async #passLater(slot: Promise<number>, rest: Uint8Array): Promise<void> {
    this.#slot = await slot;
    await this.#pass(rest);
  }

  #flush(channel: HashChannel): void {
    if (this.#slot !== null) {
      channel.send({ kind: 'bytes', lane: this.#id, slot: this.#slot, length: this.#filled });
      this.#slot = null;
      this.#filled = 0;
    }
  }
}
