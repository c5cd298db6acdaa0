import { isAppError } from '#base/error.ts';
import type { Artifact } from '#model/artifact.ts';
import { TrustError } from '../error.ts';
import { readClaim } from '../evaluate/claim.ts';
import type { EvidenceFormat } from '../formats/format.ts';
import type { SignatureBlock } from '../signed.ts';
import { asAttachment } from './artifact.ts';
import type { Signer } from './options.ts';
import { assertNotary } from './read-back/notary.ts';
import { assertSigstore } from './read-back/sigstore.ts';
import type { ReadBack } from './read-back/stage.ts';

/**
 * Reads what was signed as a stranger would, and verifies it under the public half of the key: a key that signs wrongly, a
 * witness that speaks of something else, or a format that was written wrongly, is noticed before anybody sees it. Throws
 * `SIGNED_WRONGLY`.
 */
export function assertSignedBy(artifact: Artifact, format: EvidenceFormat, signer: Signer, readBack: ReadBack): void {
  try {
    const signature = onlySignature(artifact, format);
    if (signature.kind === 'notary') {
      assertNotary(signature, readBack);
    } else {
      assertSigstore(signature, signer, readBack);
    }
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

function onlySignature(artifact: Artifact, format: EvidenceFormat): SignatureBlock {
  const { contents, failures } = format.read(asAttachment(artifact));
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
  return signature;
}
