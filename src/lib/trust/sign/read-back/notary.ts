import { TrustError } from '../../error.ts';
import { notaryHash, verifyIntegrity } from '../../notary/integrity.ts';
import type { NotarySignature } from '../../signed.ts';
import { verifyTimestamp } from '../../timestamps/verify.ts';
import { assertValidAt } from '../../x509/path.ts';
import type { ReadBack } from './stage.ts';
import { assertCount, assertTimestamp } from './times.ts';

/**
 * That a signature of the Notary Project is its certificate's, and that its timestamp, if there has to be one, is about
 * it and can be verified by who knows no more than the authority's root. Throws what verifying throws.
 */
export function assertNotary(signature: NotarySignature, readBack: ReadBack): void {
  const chain = verifyIntegrity(signature);
  const { timestamp: token, signature: message, algorithm } = signature;
  const asked = readBack.stage === 'bare' ? 0 : readBack.witnesses.timestamps.length;
  assertCount('timestamps', asked, token === null ? 0 : 1, signature.object);
  if (token === null || readBack.stage === 'bare') {
    return;
  }
  const object = `timestamp of ${signature.object}`;
  const { info, certificate } = assertTimestamp(token, message, readBack.now, object);
  assertValidAt(chain, info.time);
  if (info.hash !== notaryHash(algorithm)) {
    throw new TrustError('TIMESTAMP_INVALID', 'not a timestamp that the Notary Project takes', {
      object,
      expected: `one by ${notaryHash(algorithm)}, as ${algorithm} hashes`,
      found: info.hash,
    });
  }
  if (certificate === null) {
    throw new TrustError('TIMESTAMP_INVALID', 'not a timestamp that the Notary Project takes', {
      object,
      expected: 'one that brings the certificate of its signer',
      found: 'none',
    });
  }
  if (readBack.root !== null) {
    verifyTimestamp(token, message, readBack.root.timestampAuthorities, object);
  }
}
