import { randomBytes } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import {
  findIdentityToken,
  identityOf,
  type KeylessIdentity,
  openKeyless,
  openWitnesses,
  parseTrustRoot,
  type ServiceAccess,
  type ServiceAddresses,
  type SignOptions,
  servicesOfConfig,
  type Witnesses,
} from '#lib/trust/index.ts';
import type { SigningKey } from '#model/signing.ts';
import type { SignedBy } from '#model/signing-report.ts';
import { type KeyAccess, openKey } from '#store/keys/index.ts';

/** Who signs. */
export type SignerSource =
  /** A key by its reference. */
  | { readonly kind: 'key'; readonly reference: string }
  /** A key of this run, which Fulcio certifies for whoever a token names; null leaves the token to be found. */
  | { readonly kind: 'keyless'; readonly tokenFile: string | null };

/** A file that was read, and what it is called in messages. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is asked while signing: URLs of services, or Sigstore's own list of them. */
export type ServiceSource =
  | { readonly kind: 'urls'; readonly addresses: ServiceAddresses }
  | { readonly kind: 'signing-config'; readonly file: NamedBytes };

export interface SigningOptions {
  readonly signer: SignerSource;
  readonly services: ServiceSource;
  /** Authorities of these services besides those of the system, PEM; null for none. */
  readonly servicesCa: string | null;
  /** `trusted_root.json`: under it certificate, timestamps and log entries have to verify before anything is attached. */
  readonly trustedRoot: NamedBytes | null;
  readonly keyAccess: KeyAccess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Who signs, and all that signing asks for besides. */
export interface Signing extends SignOptions {
  readonly key: SigningKey;
  readonly chain?: KeylessIdentity['chain'];
  readonly signal: AbortSignal;
  readonly witnesses: Witnesses;
  /** For the report. */
  readonly by: SignedBy;
}

/** Opens the key, and closes it again whatever happens. Throws what opening it and asking for a certificate throw. */
export async function withSigning<Result>(
  options: SigningOptions,
  use: (signing: Signing) => Promise<Result>,
): Promise<Result> {
  const { clock, signal, services, trustedRoot, keyAccess } = options;
  const access: ServiceAccess = {
    proxies: keyAccess.environment,
    clock,
    signal,
    random: randomBytes,
    ...(options.servicesCa === null ? {} : { ca: options.servicesCa }),
  };
  const root = trustedRoot === null ? {} : { root: parseTrustRoot(trustedRoot.bytes, trustedRoot.name) };
  const addresses =
    services.kind === 'urls'
      ? services.addresses
      : await servicesOfConfig(services.file.bytes, services.file.name, clock.now());
  const witnesses = await openWitnesses(addresses, access);
  const { key, chain } = await openSigner(options, addresses, access);
  try {
    const by: SignedBy = {
      name: key.name,
      fingerprint: key.fingerprint,
      identity: chain === undefined ? null : identityOf(chain[0], key.name),
      timestampAuthorities: witnesses.timestamps.map(({ name }) => name),
      logs: witnesses.logs.map(({ name }) => name),
    };
    const certified = chain === undefined ? {} : { chain };
    // Now that there is a certificate: its time begins when it was made.
    return await use({ key, ...certified, now: clock.now(), signal, witnesses, ...root, by });
  } finally {
    await key.close();
  }
}

interface OpenedSigner {
  readonly key: SigningKey;
  readonly chain?: KeylessIdentity['chain'];
}

async function openSigner(
  { signer, keyAccess }: SigningOptions,
  addresses: ServiceAddresses,
  access: ServiceAccess,
): Promise<OpenedSigner> {
  if (signer.kind === 'key') {
    return { key: await openKey(signer.reference, keyAccess) };
  }
  const { environment } = keyAccess;
  const file = signer.tokenFile === null ? {} : { file: signer.tokenFile };
  const token = await findIdentityToken({ environment, ...file }, access);
  return await openKeyless(addresses, token, access);
}
