import { type CborKey, CborTag, type CborValue, encodeCbor } from '../encoding/cbor.ts';
import { COSE_ALGORITHMS, COSE_SIGN1, EPOCH_TIME, LABEL, sigStructure } from '../formats/notation/cose.ts';
import { ATTRIBUTE } from '../formats/notation/signed-attributes.ts';
import { NOTARY_PAYLOAD_TYPE } from '../notary/payload.ts';
import { AGENT, criticalAttributes, type NotationDraft, type NotationEnvelope } from './notation-draft.ts';

/** A COSE_Sign1, tagged (signature-envelope-cose.md, RFC 9052 section 4.2). */
export function cose(draft: NotationDraft): NotationEnvelope {
  const header = new Map<CborKey, CborValue>([
    [LABEL.algorithm, COSE_ALGORITHMS[draft.algorithm]],
    [LABEL.critical, criticalAttributes(draft)],
    [LABEL.contentType, NOTARY_PAYLOAD_TYPE],
    [ATTRIBUTE.signingScheme, 'notary.x509'],
    [ATTRIBUTE.signingTime, epoch(draft.signingTime)],
    ...(draft.expiry === null ? [] : [[ATTRIBUTE.expiry, epoch(draft.expiry)] as const]),
  ]);
  const protectedBytes = encodeCbor(header);
  return {
    signedBytes: sigStructure(protectedBytes, draft.payload),
    write: (signature, token) => {
      const unsigned = new Map<CborKey, CborValue>([
        [LABEL.certificates, draft.certificates],
        [ATTRIBUTE.signingAgent, AGENT],
        ...(token === null ? [] : [[ATTRIBUTE.timestampSignature, token] as const]),
      ]);
      return encodeCbor(new CborTag(COSE_SIGN1, [protectedBytes, unsigned, draft.payload, signature]));
    },
  };
}

function epoch(time: number): CborTag {
  return new CborTag(EPOCH_TIME, Math.floor(time / 1000));
}
