import { createHash, hash } from 'node:crypto';
import { AppError, quote } from './error.ts';

/** A content digest `sha256:<64 hex>` or `sha512:<128 hex>` (OCI image-spec, descriptor.md, Digests). */
export type Digest = `${DigestAlgorithm}:${string}` & { readonly __digest: true };
export type DigestAlgorithm = 'sha256' | 'sha512';

export type DigestCode =
  /** The text is not a digest of a registered algorithm with as many lower-case hex digits as it has. */
  'DIGEST_INVALID';

class DigestError extends AppError<DigestCode> {}

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

/** True for a digest of a registered algorithm with lower-case hex of the right length. */
export function isDigest(text: string): text is Digest {
  const colon = text.indexOf(':');
  const length = HEX_LENGTH[text.slice(0, colon) as DigestAlgorithm];
  const hex = text.slice(colon + 1);
  return length !== undefined && hex.length === length && /^[0-9a-f]+$/.test(hex);
}

/** The text as a digest; throws `DIGEST_INVALID` naming `object`. */
export function parseDigest(text: string, object = 'digest'): Digest {
  if (!isDigest(text)) {
    throw new DigestError('DIGEST_INVALID', 'invalid digest', {
      object,
      expected: 'sha256:<64 hex digits> or sha512:<128 hex digits>',
      found: quote(text),
    });
  }
  return text;
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The hex part, without the algorithm. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The digest of bytes at hand, in the given algorithm. */
export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${hash(algorithm, bytes, 'hex')}` as Digest;
}

/** A running digest for content that comes in chunks. */
export interface Digester {
  update(chunk: Uint8Array): void;
  digest(): Digest;
}

export function createDigester(algorithm: DigestAlgorithm = 'sha256'): Digester {
  const running = createHash(algorithm);
  return {
    update: (chunk) => {
      running.update(chunk);
    },
    digest: () => `${algorithm}:${running.digest('hex')}` as Digest,
  };
}
