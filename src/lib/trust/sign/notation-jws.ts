import { ATTRIBUTE } from '../formats/notation/signed-attributes.ts';
import { NOTARY_PAYLOAD_TYPE } from '../notary/payload.ts';
import { inSeconds } from './artifact.ts';
import { AGENT, criticalAttributes, type NotationDraft, signDraft } from './notation-draft.ts';

/** A JWS in the flattened JSON serialization (signature-envelope-jws.md, RFC 7515 section 7.2.2). */
export async function jws(draft: NotationDraft): Promise<Uint8Array> {
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
  const signature = await signDraft(draft, Buffer.from(`${protectedText}.${payload}`));
  return Buffer.from(
    JSON.stringify({
      payload,
      protected: protectedText,
      header: {
        x5c: draft.certificates.map((der) => Buffer.from(der).toString('base64')),
        [ATTRIBUTE.signingAgent]: AGENT,
      },
      signature: Buffer.from(signature).toString('base64url'),
    }),
  );
}
