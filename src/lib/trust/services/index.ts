import { TrustError } from '../error.ts';
import type { KeylessIdentity, Witnesses } from '../sign/witness.ts';
import type { ServiceAccess } from './access.ts';
import { fulcioIdentity } from './fulcio.ts';
import type { IdentityToken } from './identity-token/identity-token.ts';
import { rekor } from './rekor.ts';
import { rekorTiles } from './rekor-tiles.ts';
import type { ServiceAddresses } from './signing-config.ts';
import { timestampAuthority } from './timestamp-authority.ts';

export type { ServiceAccess } from './access.ts';
export { findIdentityToken } from './identity-token/find-identity-token.ts';
export type { IdentityToken } from './identity-token/identity-token.ts';
export { type ServiceAddresses, servicesOfConfig } from './signing-config.ts';

/** Clients of the logs and timestamp authorities at these addresses, who are asked nothing yet. */
export function openWitnesses({ logs, timestampAuthorities }: ServiceAddresses, access: ServiceAccess): Witnesses {
  return {
    timestamps: timestampAuthorities.map((url) => timestampAuthority(url, access)),
    logs: logs.map(({ url, version }) => (version === 2 ? rekorTiles(url, access) : rekor(url, access))),
  };
}

/**
 * A key of this run with a certificate for whoever the token names; close it when all is signed. Throws
 * `CERTIFICATE_NOT_ISSUED` where no Fulcio is named, and as `fulcioIdentity` does.
 */
export async function openKeyless(
  { fulcio }: ServiceAddresses,
  token: IdentityToken,
  access: ServiceAccess,
): Promise<KeylessIdentity> {
  if (fulcio === null) {
    throw new TrustError('CERTIFICATE_NOT_ISSUED', 'no certificate', {
      object: token.source,
      expected: 'a Fulcio to show the token to',
      found: 'none',
    });
  }
  return await fulcioIdentity({ url: fulcio, token, access });
}
