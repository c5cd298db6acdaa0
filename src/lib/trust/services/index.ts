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

export interface SigningServices {
  readonly addresses: ServiceAddresses;
  /** For Fulcio; null where signatures are by a key, and Fulcio is not asked. */
  readonly token: IdentityToken | null;
  readonly access: ServiceAccess;
}

/** What a run signs with and who is asked about it. Close the identity's key when all is signed. */
export interface OpenedServices {
  /** Null where there was no token. */
  readonly identity: KeylessIdentity | null;
  readonly witnesses: Witnesses;
}

/**
 * Gets a certificate for whoever the token names, and clients of the logs and timestamp authorities, who are asked nothing
 * yet. Throws `CERTIFICATE_NOT_ISSUED` where no Fulcio is named, and as `fulcioIdentity` does.
 */
export async function openSigningServices({ addresses, token, access }: SigningServices): Promise<OpenedServices> {
  const { fulcio, logs, timestampAuthorities } = addresses;
  const witnesses = {
    timestamps: timestampAuthorities.map((url) => timestampAuthority(url, access)),
    logs: logs.map(({ url, version }) => (version === 2 ? rekorTiles(url, access) : rekor(url, access))),
  };
  if (token === null) {
    return { identity: null, witnesses };
  }
  if (fulcio === null) {
    throw new TrustError('CERTIFICATE_NOT_ISSUED', 'no certificate', {
      object: token.source,
      expected: 'a Fulcio to show the token to',
      found: 'none',
    });
  }
  return { identity: await fulcioIdentity({ url: fulcio, token, access }), witnesses };
}
