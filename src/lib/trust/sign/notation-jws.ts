import { ATTRIBUTE } from '../formats/notation/signed-attributes.ts';
import { NOTARY_PAYLOAD_TYPE } from '../notary/payload.ts';
import { inSeconds } from './artifact.ts';
import { AGENT, criticalAttributes, type NotationDraft, type NotationEnvelope } from './notation-draft.ts';

/** A JWS in the flattened JSON serialization (signature-envelope-jws.md, RFC 7515 section 7.2.2). */
export function jws(draft: NotationDraft): NotationEnvelope {
  const header = {
    alg: draft.algorithm,
    crit: criticalAttributes(draft),
    cty: NOTARY_PAYLOAD_TYPE,
    ...(draft.expiry === null ? {} : { [ATTRIBUTE.expiry]: inSeconds(draft.expiry) }),
    [ATTRIBUTE.signingScheme]: 'notary.x509',
    [ATTRIBUTE.signingTime]: inSeconds(draft.signingTime),
  };
  const protectedText = Buffer.from(JSON.stringify(header)).toString('base64url');
  const payload = Buffer.from(draft.payload).toString('base64url');
  return {
    signedBytes: Buffer.from(`${protectedText}.${payload}`),
    write: (signature, token) =>
      Buffer.from(
        JSON.stringify({
          payload,
          protected: protectedText,
          header: {
            ...(token === null ? {} : { [ATTRIBUTE.timestampSignature]: Buffer.from(token).toString('base64') }),
            x5c: draft.certificates.map((der) => Buffer.from(der).toString('base64')),
            [ATTRIBUTE.signingAgent]: AGENT,
          },
          signature: Buffer.from(signature).toString('base64url'),
        }),
      ),
  };
}
