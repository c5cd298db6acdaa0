import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { Fields } from '../../attestations/fields.ts';
import { decodeBase64, decodeBase64Url } from '../../encoding/base64.ts';
import { NOTARY_PAYLOAD_TYPE } from '../../notary/payload.ts';
import type { NotaryAlgorithm } from '../../signed.ts';
import { assertCertificateCount, assertEnvelopeSize, type NotaryEnvelope } from './envelope.ts';
import {
  ATTRIBUTE,
  absentCritical,
  assertCriticalList,
  invalid,
  type ProtectedHeader,
  signedAttributes,
} from './signed-attributes.ts';

/** The media type of the layer. */
export const JWS_TYPE = 'application/jose+json';

const ALGORITHMS: readonly NotaryAlgorithm[] = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const CODE = 'ENVELOPE_INVALID';

/**
 * A JWS of the Notary Project (signature-envelope-jws.md): the flattened JSON serialization (RFC 7515 section 7.2.2) and no
 * other, with nothing in it twice. Throws `ENVELOPE_INVALID`, `LIMIT_EXCEEDED`, `BASE64_INVALID`, `JSON_…`.
 */
export function readJws(bytes: Uint8Array, object: string): NotaryEnvelope {
  assertEnvelopeSize(bytes, object);
  const envelope = Fields.of(parseStrictJson(bytes, object), object, CODE);
  envelope.only(['payload', 'protected', 'header', 'signature']);
  const protectedText = envelope.text('protected');
  const payloadText = envelope.text('payload');
  const named = `protected header of ${object}`;
  const signed = Fields.of(parseStrictJson(decodeBase64Url(protectedText, named), named), named, CODE);
  const unsigned = envelope.fields('header');
  const twice = unsigned.names().find((name) => signed.has(name));
  if (twice !== undefined) {
    throw invalid(object, 'each header either protected or not', `${quote(twice, 100)} in both`);
  }
  signed.word('cty', [NOTARY_PAYLOAD_TYPE]);
  return {
    payload: decodeBase64Url(payloadText, `payload of ${object}`),
    signature: {
      kind: 'notary',
      object,
      envelope: 'jws',
      algorithm: signed.word('alg', ALGORITHMS),
      signature: decodeBase64Url(envelope.text('signature'), `signature of ${object}`),
      signedBytes: Buffer.from(`${protectedText}.${payloadText}`, 'latin1'),
      certificates: certificatesOf(unsigned, object),
      ...signedAttributes(protectedHeader(signed, named), named),
      timestamp: unsigned.has(ATTRIBUTE.timestampSignature)
        ? decodeBase64(unsigned.text(ATTRIBUTE.timestampSignature), `timestamp of ${object}`)
        : null,
      signingAgent: unsigned.optionalText(ATTRIBUTE.signingAgent),
    },
  };
}

function protectedHeader(fields: Fields, object: string): ProtectedHeader {
  const critical = fields.optionalTexts('crit');
  assertCriticalList(critical, object);
  const absent = critical.find((name) => !fields.has(name));
  if (absent !== undefined) {
    throw absentCritical(absent, object);
  }
  return {
    critical,
    has: (name) => fields.has(name),
    text: (name) => fields.text(name),
    time: (name) => fields.time(name),
  };
}

/** `x5c` (RFC 7515 section 4.1.6): base64 with padding, unlike the rest. */
function certificatesOf(unsigned: Fields, object: string): readonly Uint8Array[] {
  const certificates = unsigned.optionalTexts('x5c');
  assertCertificateCount(certificates.length, object);
  return certificates.map((text, index) => decodeBase64(text, `certificate ${index + 1} of ${object}`));
}
