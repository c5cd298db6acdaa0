import type { ImportedText, TrustImport } from './configuration/importers/import-trust.ts';
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
export { parsePublicKey } from './keys/public-key.ts';
export {
  attestBundle,
  attestLegacy,
  type CertificateChainFile,
  type KeylessIdentity,
  type LegacyOptions,
  type LogRequest,
  type NotationOptions,
  PREDICATE_NAMES,
  type PredicateText,
  predicateFromFile,
  type SignOptions,
  type SigstoreOptions,
  signBundle,
  signLegacy,
  signNotation,
  type TimestampAuthority,
  type TransparencyLog,
  type Witnesses,
} from './sign/index.ts';
