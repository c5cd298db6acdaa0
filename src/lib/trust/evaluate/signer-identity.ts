import type { Signer } from '../signed.ts';

/** Who signed, whatever the configuration calls them: renewed certificates of one name are one. */
export function signerIdentity(signer: Signer): string {
  return signer.kind === 'key' ? signer.fingerprint : JSON.stringify([signer.kind, signer.issuer, signer.subject]);
}
