import type { ImportedText, TrustImport } from './configuration/importers/import-trust.ts';
import type { ServiceAccess } from './services/access.ts';
import type { TokenSearch } from './services/identity-token/find-identity-token.ts';
import type { IdentityToken } from './services/identity-token/identity-token.ts';
import type { ServiceAddresses } from './services/signing-config.ts';
import type { KeylessIdentity, Witnesses } from './sign/witness.ts';
import type { RefreshedTrustRoot, TrustRootRefresh } from './trust-root/refresh.ts';

export type { Described } from './configuration/describe/described.ts';
export type { TrustDescription } from './configuration/describe/index.ts';
export { describeTrust } from './configuration/describe/index.ts';
export type { ImportedText, TrustImport } from './configuration/importers/import-trust.ts';
/** Trust: what is signed and attested about an image, and whether to believe it. */
export {
  loadTrustConfiguration,
  type TrustConfiguration,
  type TrustFlags,
  trustFromFlags,
} from './configuration/index.ts';
export { EVALUATION_VERSION, type Evaluation, evaluate } from './evaluate/evaluate.ts';
export type {
  IdentityToken,
  ServiceAccess,
  ServiceAddresses,
} from './services/index.ts';
export type { RefreshedTrustRoot, TrustRootRefresh } from './trust-root/refresh.ts';

/** See `importTrust` of the importers, which are loaded when one is asked for. */
export async function importTrust(request: TrustImport): Promise<ImportedText> {
  const { importTrust: run } = await import('./configuration/importers/import-trust.ts');
  return await run(request);
}

/** See `refreshTrustRoot` of the trust roots: loaded when it is asked for, since no other command pays for it. */
export async function refreshTrustRoot(refresh: TrustRootRefresh): Promise<RefreshedTrustRoot> {
  const { refreshTrustRoot: run } = await import('./trust-root/refresh.ts');
  return await run(refresh);
}

/** See `openWitnesses` of the services: loaded when one is asked for. */
export async function openWitnesses(addresses: ServiceAddresses, access: ServiceAccess): Promise<Witnesses> {
  const { openWitnesses: run } = await import('./services/index.ts');
  return run(addresses, access);
}

/** See `openKeyless` of the services. */
export async function openKeyless(
  addresses: ServiceAddresses,
  token: IdentityToken,
  access: ServiceAccess,
): Promise<KeylessIdentity> {
  const { openKeyless: run } = await import('./services/index.ts');
  return await run(addresses, token, access);
}

/** See `findIdentityToken` of the services. */
export async function findIdentityToken(search: TokenSearch, access: ServiceAccess): Promise<IdentityToken> {
  const { findIdentityToken: run } = await import('./services/index.ts');
  return await run(search, access);
}

/** See `servicesOfConfig` of the services. */
export async function servicesOfConfig(bytes: Uint8Array, object: string, now: number): Promise<ServiceAddresses> {
  const { servicesOfConfig: run } = await import('./services/index.ts');
  return run(bytes, object, now);
}
export { identityOf } from './keyless/certificate-identity.ts';
export { parsePublicKey } from './keys/public-key.ts';
export {
  attestBundle,
  attestLegacy,
  type CertificateChainFile,
  type KeylessIdentity,
  PREDICATE_NAMES,
  type PredicateText,
  predicateFromFile,
  type SignOptions,
  signBundle,
  signLegacy,
  signNotation,
  type Witnesses,
} from './sign/index.ts';
export { parseTrustRoot } from './trust-root/parse-trust-root.ts';
