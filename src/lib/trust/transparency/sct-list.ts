import { limitExceeded } from '#base/limits.ts';
import { TrustError } from '../error.ts';

/** A SignedCertificateTimestamp of version 1 (RFC 6962 section 3.2), not yet verified. */
export interface Sct {
  readonly logId: Uint8Array;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly timestamp: bigint;
  readonly extensions: Uint8Array;
  /** HashAlgorithm and SignatureAlgorithm of TLS (RFC 5246 section 7.4.1.4.1). */
  readonly algorithm: readonly [hash: number, signature: number];
  readonly signature: Uint8Array;
}

/** Real certificates have one to three. */
const MAX_SCTS = 16;
const LOG_ID_BYTES = 32;

/** Reads a SignedCertificateTimestampList (RFC 6962 section 3.3). Scts of other versions are passed over, as section 3.2 asks. Throws `SCT_INVALID`. */
export function parseSctList(bytes: Uint8Array, object: string): readonly Sct[] {
  const outer = new Reader(bytes, object);
  const list = new Reader(outer.vector(2), object);
  outer.end();
  const scts: Sct[] = [];
  while (!list.done) {
    const sct = parseSct(list.vector(2), object);
    if (sct !== null) {
      scts.push(sct);
    }
    if (scts.length > MAX_SCTS) {
      throw limitExceeded(object, MAX_SCTS, 'signed certificate timestamps');
    }
  }
  return scts;
}

function parseSct(bytes: Uint8Array, object: string): Sct | null {
  const reader = new Reader(bytes, object);
  if (reader.number(1) !== 0n) {
    return null;
  }
  const logId = reader.take(LOG_ID_BYTES);
  const timestamp = reader.number(8);
  const extensions = reader.vector(2);
  const algorithm = [Number(reader.number(1)), Number(reader.number(1))] as const;
  const signature = reader.vector(2);
  reader.end();
  return { logId, time: Number(timestamp), timestamp, extensions, algorithm, signature };
}

/** TLS presentation language (RFC 5246 section 4): big-endian numbers, vectors behind their length. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #object: string;
  #at = 0;

  constructor(bytes: Uint8Array, object: string) {
    this.#bytes = bytes;
    this.#object = object;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    if (taken.length !== length) {
      throw this.#invalid(`${length} octets`, `${taken.length}`);
    }
    this.#at += length;
    return taken;
  }

  number(octets: number): bigint {
    return BigInt(`0x${Buffer.from(this.take(octets)).toString('hex')}`);
  }

  vector(lengthOctets: number): Uint8Array {
    return this.take(Number(this.number(lengthOctets)));
  }

  end(): void {
    if (!this.done) {
      throw this.#invalid('the end', `${this.#bytes.length - this.#at} more octets`);
    }
  }

  #invalid(expected: string, found: string): TrustError {
    return new TrustError('SCT_INVALID', 'not a list of signed certificate timestamps', {
      object: this.#object,
      expected,
      found,
    });
  }
}
