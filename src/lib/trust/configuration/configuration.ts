import type { Digest } from '#base/digest.ts';
import type { ProvenanceExpectation, TrustedBuilder } from '../attestations/provenance.ts';
import type { IdentityMatcher, TextMatcher } from '../keyless/identity.ts';
import type { TrustedKey } from '../signed.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Crl } from '../x509/revocation/crl.ts';
import type { OcspResponse } from '../x509/revocation/ocsp.ts';
import type { RepositoryPattern } from './patterns.ts';

/** A trust configuration with every file read and every name resolved. What it does not say is not trusted. */
export interface TrustConfiguration {
  /** `metadata.name`, for display. */
  readonly name: string;
  /** Over all that decides, the contents of the files included: equal digests give equal judgements. */
  readonly digest: Digest;
  readonly roots: ReadonlyMap<string, NamedRoot>;
  readonly stores: ReadonlyMap<string, CertificateStore>;
  readonly signers: ReadonlyMap<string, TrustedSigner>;
  readonly rules: readonly TrustRule[];
}

/** A Sigstore trust root under the name that signers use for it. */
export interface NamedRoot {
  readonly name: string;
  readonly root: TrustRoot;
}

/** An X.509 trust store (Notary Project, trust store specification) with the revocation answers that came along. */
export interface CertificateStore {
  readonly name: string;
  readonly type: StoreType;
  /** Never empty. */
  readonly certificates: readonly Certificate[];
  readonly crls: readonly Crl[];
  readonly ocspResponses: readonly OcspResponse[];
}

export type StoreType = 'ca' | 'signingAuthority' | 'tsa';

/** Somebody who may sign. Thresholds count distinct operators, so that two keys of one team are one signature. */
export type TrustedSigner = KeySigner | KeylessSigner | X509Signer;

interface SignerNames {
  readonly name: string;
  readonly operator: string;
}

export interface KeySigner extends SignerNames {
  readonly kind: 'key';
  readonly key: TrustedKey;
  /**
   * Milliseconds since 1970; null for no bound. A bound counts verified times only: with `validFrom`, `validUntil` or
   * `revokedAt` set, a signature without a verified time inside is refused; where all are null none is needed.
   */
  readonly validFrom: number | null;
  /** The first instant at which the key no longer signs. */
  readonly validUntil: number | null;
  /** The first instant at which somebody else may have had the key. */
  readonly revokedAt: number | null;
  /** Null when the signature needs no entry in a transparency log. Its timestamps are verified with this root too. */
  readonly transparency: NamedRoot | null;
}

export interface KeylessSigner extends SignerNames {
  readonly kind: 'keyless';
  readonly root: NamedRoot;
  readonly identity: IdentityMatcher;
}

export interface X509Signer extends SignerNames {
  readonly kind: 'x509';
  /** Of types `ca` and `signingAuthority`; never empty. Which of them counts depends on the signing scheme. */
  readonly stores: readonly CertificateStore[];
  /** Of type `tsa`. */
  readonly timestampAuthorities: readonly CertificateStore[];
  /** Each as `parseIdentity` gives it, for `identityMatches`; one of them has to fit. Never empty. */
  readonly identities: 'any' | readonly ReadonlyMap<string, string>[];
  readonly verification: NotaryVerification;
}

/** What a failed check does (Notary Project, trust policy, signature verification levels): refuse, or be told. */
export type NotaryAction = 'enforce' | 'log' | 'skip';

/** The level with its overrides applied. Integrity is always enforced. */
export interface NotaryVerification {
  readonly level: 'strict' | 'permissive' | 'audit';
  readonly authenticity: Exclude<NotaryAction, 'skip'>;
  readonly authenticTimestamp: Exclude<NotaryAction, 'skip'>;
  readonly expiry: Exclude<NotaryAction, 'skip'>;
  readonly revocation: NotaryAction;
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
}

/** What an image of certain repositories needs. Every rule that matches has to hold; where none does, nothing is accepted. */
export interface TrustRule {
  readonly name: string;
  readonly repositories: readonly RepositoryPattern[];
  /** Repositories that `repositories` match and this rule leaves to others all the same. */
  readonly except: readonly RepositoryPattern[];
  readonly platforms: PlatformCoverage;
  /** All of them; never empty. */
  readonly requirements: readonly Requirement[];
}

/**
 * Where the signatures of a multi-platform image have to be. `index`: on the index, and they cover the platforms that it
 * lists. `each`: on the manifest of every platform that is judged. `both`: on the index and on that manifest.
 * `either`: on one of them. An image that is no index is judged by its own signatures alone, whatever this says.
 */
export type PlatformCoverage = 'index' | 'each' | 'both' | 'either';

export type Requirement = SignatureRequirement | AttestationRequirement | Refusal;

interface RequirementNames {
  /** `require[1]`: which of the rule. */
  readonly place: string;
}

/** Signatures over the image by `threshold` signers of different operators. */
export interface SignatureRequirement extends RequirementNames {
  readonly kind: 'signature';
  readonly signers: readonly TrustedSigner[];
  /** At least 1, at most the number of distinct operators among the signers. */
  readonly threshold: number;
  readonly freshness: Freshness | null;
}

/** A statement about the image with a certain predicate, said by `threshold` signers of different operators. */
export interface AttestationRequirement extends RequirementNames {
  readonly kind: 'attestation';
  /** The URIs of the predicate: several where a short name stands for several versions. */
  readonly predicateTypes: readonly string[];
  readonly signers: readonly TrustedSigner[];
  readonly threshold: number;
  readonly freshness: Freshness | null;
  readonly provenance: ProvenanceRequirement | null;
  readonly summary: SummaryRequirement | null;
}

/** Nothing is accepted, and this is why. */
export interface Refusal extends RequirementNames {
  readonly kind: 'refuse';
  readonly reason: string;
}

/**
 * How old a signature or statement may be, in milliseconds. `verified-time`: by its latest verified time, so one without
 * is refused. `predicate-time`: by the time that the statement itself gives (a scan's end, a summary's timeVerified),
 * which is as good as its signer.
 */
export interface Freshness {
  readonly maxAge: number;
  readonly ageFrom: 'verified-time' | 'predicate-time';
}

/** What SLSA provenance has to say: `checkProvenance` with the builders that its signer may speak for. */
export interface ProvenanceRequirement extends Omit<ProvenanceExpectation, 'builders'> {
  /** Never empty. */
  readonly builders: readonly PinnedBuilder[];
}

/** A builder as a pair of who signs and what it calls itself: either alone could be claimed by anyone. */
export interface PinnedBuilder extends TrustedBuilder {
  /** A part of the requirement's signers, or all of them; never empty. */
  readonly signers: readonly TrustedSigner[];
}

/** What a verification summary has to say (SLSA verification summary 1.0, "How to verify"): `PASSED`, and this. */
export interface SummaryRequirement {
  /** Never empty. */
  readonly verifiers: readonly PinnedVerifier[];
  /** Each has to be among its verifiedLevels; a higher level of the same track counts as well. */
  readonly levels: readonly string[];
  readonly resourceUri: TextMatcher;
}

export interface PinnedVerifier {
  /** `verifier.id`, exactly. */
  readonly id: string;
  /** A part of the requirement's signers, or all of them; never empty. */
  readonly signers: readonly TrustedSigner[];
}
