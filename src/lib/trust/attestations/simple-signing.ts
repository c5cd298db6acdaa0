import type { Digest } from '#base/digest.ts';
import { isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { Fields } from './fields.ts';

/** Cosign's payload (sigstore/cosign specs/SIGNATURE_SPEC.md): the digest of a manifest, and what the signer calls it. */
export interface SimpleSigning {
  readonly digest: Digest;
  /** `docker-reference`, as the signer wrote it; null where it is empty, as cosign may leave it. */
  readonly reference: string | null;
  /** `optional`: what the signer added, as plain JSON; covered by the signature. */
  readonly optional: ReadonlyMap<string, unknown>;
}

const TYPE = 'cosign container image signature';

/**
 * The payload of a cosign signature. Member names count in lower case alone: a reader that takes `Docker-Manifest-Digest`
 * too may see another digest than this one. The `atomic container signature` of containers/image is not accepted: it is
 * only ever signed with OpenPGP, and nothing here verifies that. Members that are not known are ignored in `optional`
 * and refused in `critical`, whose name says so. Throws `ENVELOPE_INVALID` and the codes of `parseStrictJson`.
 */
export function parseSimpleSigning(bytes: Uint8Array, object: string): SimpleSigning {
  const payload = Fields.of(parseStrictJson(bytes, object), object, 'ENVELOPE_INVALID');
  const critical = payload.fields('critical');
  critical.only(['identity', 'image', 'type']);
  critical.word('type', [TYPE]);
  const image = critical.fields('image');
  image.only(['docker-manifest-digest']);
  const digest = image.text('docker-manifest-digest');
  if (!isDigest(digest)) {
    throw image.invalid('docker-manifest-digest', 'sha256:<64 hex digits>', quote(digest));
  }
  const identity = critical.fields('identity');
  identity.only(['docker-reference']);
  return {
    digest,
    reference: identity.optionalText('docker-reference'),
    optional: payload.optionalFields('optional')?.toMap() ?? new Map<string, unknown>(),
  };
}
