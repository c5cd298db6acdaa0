import type { Digest } from '#base/digest.ts';

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

/** Throws `ENVELOPE_INVALID` and the codes of `parseStrictJson`. */
export declare function notaryPayload(bytes: Uint8Array, object: string): NotaryPayload;
