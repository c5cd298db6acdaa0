import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { NotarySignature } from '../signed.ts';
import type { Certificate } from '../x509/certificate.ts';
import { identityMatches } from '../x509/identity.ts';
import type { NotaryStores } from './stores.ts';

/**
 * Shows that a chain, already verified, holds a certificate of the stores that count for its signing scheme, and that its
 * leaf has one of the trusted names. Stores may hold intermediate CAs too: then only what they issued is trusted.
 * Throws `SIGNER_UNTRUSTED`.
 */
export function assertTrusted(
  signature: NotarySignature,
  chain: readonly Certificate[],
  stores: NotaryStores,
  identities: 'any' | readonly ReadonlyMap<string, string>[],
): void {
  const [type, store] =
    signature.signingScheme === 'notary.x509'
      ? (['ca', stores.ca] as const)
      : (['signingAuthority', stores.signingAuthority] as const);
  if (!chain.some((certificate) => store.has(certificate.fingerprint))) {
    const root = chain.at(-1);
    throw new TrustError('SIGNER_UNTRUSTED', 'signed by somebody whom no trust store vouches for', {
      object: signature.object,
      expected: `one of the ${store.size} certificates in trust stores of type ${type}, which ${signature.signingScheme} needs`,
      found: root === undefined ? 'none' : `a chain that ends in ${quote(root.subject.text)}, ${root.fingerprint}`,
    });
  }
  const [leaf] = chain;
  if (identities === 'any' || leaf === undefined) {
    return;
  }
  if (!identities.some((identity) => identityMatches(identity, leaf.subject))) {
    throw new TrustError('SIGNER_UNTRUSTED', 'not signed by a trusted identity', {
      object: signature.object,
      expected:
        identities.length === 0 ? 'a trusted identity, but none is configured' : identities.map(describe).join(' or '),
      found: quote(leaf.subject.text),
    });
  }
}

function describe(identity: ReadonlyMap<string, string>): string {
  return quote([...identity].map(([name, value]) => `${name}=${value}`).join(', '));
}
