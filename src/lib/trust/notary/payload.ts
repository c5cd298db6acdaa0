import { type Digest, isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { describe, Fields } from '../attestations/fields.ts';

/** The media type of what the Notary Project signs (signature-specification.md, Payload). */
export const NOTARY_PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';

/** `targetArtifact` of a payload: the descriptor of what was signed. For display beyond digest, media type and size. */
export interface NotaryPayload {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType: string | null;
  /** What the signer added: `notation sign --user-metadata`. */
  readonly annotations: ReadonlyMap<string, string>;
}

/**
 * Reads a payload. Its one member is `targetArtifact`, so that nothing that is signed goes unread; inside it, members that
 * a descriptor may have besides are ignored. Throws `ENVELOPE_INVALID` and the codes of `parseStrictJson`.
 */
export function notaryPayload(bytes: Uint8Array, object: string): NotaryPayload {
  const payload = Fields.of(parseStrictJson(bytes, object), object, 'ENVELOPE_INVALID');
  payload.only(['targetArtifact']);
  const target = payload.fields('targetArtifact');
  const digest = target.text('digest');
  if (!isDigest(digest)) {
    throw target.invalid('digest', 'sha256:<64 hex digits> or sha512:<128 hex digits>', quote(digest));
  }
  const size = target.value('size');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw target.invalid('size', 'a whole number of bytes', describe(size));
  }
  const annotations = target.optionalFields('annotations');
  return {
    mediaType: target.text('mediaType'),
    digest,
    size,
    artifactType: target.optionalText('artifactType'),
    annotations: new Map(annotations?.names().map((name) => [name, annotationOf(annotations, name)])),
  };
}

function annotationOf(annotations: Fields, name: string): string {
  const value = annotations.value(name);
  if (typeof value !== 'string') {
    throw annotations.invalid(name, 'a text', describe(value));
  }
  return value;
}
