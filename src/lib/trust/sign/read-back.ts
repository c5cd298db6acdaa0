import { isAppError } from '#base/error.ts';
import type { Artifact } from '#model/artifact.ts';
import { TrustError } from '../error.ts';
import { readClaim } from '../evaluate/claim.ts';
import type { EvidenceFormat } from '../formats/format.ts';
import { verifyKeyed } from '../keys/verify-keyed.ts';
import { verifyIntegrity } from '../notary/integrity.ts';
import type { SignatureBlock } from '../signed.ts';
import { asAttachment } from './artifact.ts';
import type { Signer } from './options.ts';

/**
 * Reads what was signed as a stranger would, and verifies it under the public half of the key: a key that signs wrongly,
 * or a format that was written wrongly, is noticed before anybody sees it. Throws `SIGNED_WRONGLY`.
 */
export function assertSignedBy(artifact: Artifact, format: EvidenceFormat, signer: Signer, now: number): void {
  try {
    const attachment = asAttachment(artifact);
    const { contents, failures } = format.read(attachment);
    const [content] = contents;
    const [failure] = failures;
    const [signature] = content?.signatures ?? [];
    if (failure !== undefined || contents.length !== 1 || content === undefined || signature === undefined) {
      throw new TrustError('ENVELOPE_INVALID', 'cannot be read', {
        object: failure?.object ?? format.id,
        expected: 'one signature',
        found: failure?.reason ?? `${contents.length} contents`,
      });
    }
    readClaim(content, artifact.subject);
    verify(signature, signer, now);
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    throw new TrustError('SIGNED_WRONGLY', 'what was signed does not verify, and is not attached', {
      object: signer.key.name,
      expected: `a signature of the key ${signer.trusted.fingerprint} over ${artifact.subject.digest}`,
      found: error.message,
      cause: error,
    });
  }
}

function verify(signature: SignatureBlock, { trusted }: Signer, now: number): void {
  if (signature.kind === 'notary') {
    verifyIntegrity(signature);
    return;
  }
  verifyKeyed(signature, trusted, { root: null, now, requireLog: false, validFrom: null, validUntil: null });
}
