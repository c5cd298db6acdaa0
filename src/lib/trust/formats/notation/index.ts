import { digestOf, hexOf } from '#base/digest.ts';
import { isAppError, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { Attachment, AttachmentBlob } from '#model/attachment.ts';
import { TrustError } from '../../error.ts';
import type { SignedContent } from '../../signed.ts';
import type { EvidenceFormat, FormatContents } from '../format.ts';
import { COSE_TYPE, readCose } from './cose.ts';
import type { NotaryEnvelope } from './envelope.ts';
import { JWS_TYPE, readJws } from './jws.ts';
import { invalid } from './signed-attributes.ts';

/** The artifact type, and in the older form the media type of the config (signature-specification.md, OCI Signatures). */
const SIGNATURE_TYPE = 'application/vnd.cncf.notary.signature';
const THUMBPRINTS = 'io.cncf.notary.x509chain.thumbprint#S256';

/** Signatures of the Notary Project, as `notation sign` makes them. */
export const notation: EvidenceFormat = {
  id: 'notation',
  capabilities: {
    title: 'Notary Project signatures (notation)',
    signed: true,
    kinds: ['signature'],
    found: 'referrers with artifact type or config media type application/vnd.cncf.notary.signature',
    specification: 'Notary Project signature-specification.md, signature-envelope-jws.md, signature-envelope-cose.md',
  },
  recognises: (attachment) => attachment.artifactType === SIGNATURE_TYPE,
  read,
};

function read(attachment: Attachment): FormatContents {
  const object = `Notary signature ${attachment.digest}`;
  try {
    return { contents: [contentOf(attachment, object)], failures: [] };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return { contents: [], failures: [{ object, code: error.code, reason: error.message }] };
  }
}

function contentOf(attachment: Attachment, object: string): SignedContent {
  const [blob, ...others] = attachment.blobs;
  if (blob === undefined || others.length > 0) {
    throw invalid(object, 'one layer, the envelope', `${attachment.blobs.length}`);
  }
  const { signature, payload } = readEnvelope(blob, object);
  assertThumbprints(attachment, signature.certificates, object);
  return {
    format: 'notation',
    attachment: attachment.digest,
    blob: blob.digest,
    object,
    content: { kind: 'notary-payload', bytes: payload },
    signatures: [signature],
  };
}

function readEnvelope(blob: AttachmentBlob, object: string): NotaryEnvelope {
  if (blob.mediaType !== JWS_TYPE && blob.mediaType !== COSE_TYPE) {
    throw invalid(object, `a layer of ${JWS_TYPE} or ${COSE_TYPE}`, quote(blob.mediaType, 100));
  }
  if (blob.content === null) {
    throw new TrustError('ENVELOPE_MISSING', 'the envelope was not read', {
      object,
      expected: blob.digest,
      found: blob.reason ?? 'nothing',
    });
  }
  return blob.mediaType === JWS_TYPE ? readJws(blob.content, object) : readCose(blob.content, object);
}

/** The annotation says by which chain the signature is; one that says another is not to be looked at. */
function assertThumbprints(attachment: Attachment, certificates: readonly Uint8Array[], object: string): void {
  const text = attachment.annotations.get(THUMBPRINTS);
  const named = `annotation ${THUMBPRINTS} of ${object}`;
  if (text === undefined) {
    throw invalid(named, 'the SHA-256 of each certificate', 'no such annotation');
  }
  const thumbprints = parseStrictJson(text, named);
  const expected = certificates.map((certificate) => hexOf(digestOf(certificate)));
  if (
    !Array.isArray(thumbprints) ||
    thumbprints.length !== expected.length ||
    expected.some((thumbprint, index) => thumbprint !== thumbprints[index])
  ) {
    throw invalid(named, JSON.stringify(expected), quote(text, 300));
  }
}
