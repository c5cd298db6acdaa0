import type { Digest } from '#base/digest.ts';
import type { RepositoryPattern } from '#model/repository-pattern.ts';
import type { ProvenanceExpectation, TrustedBuilder } from '../attestations/provenance.ts';
import type { IdentityMatcher, TextMatcher } from '../keyless/identity.ts';
import type { NotaryStores } from '../notary/stores.ts';
import type { NotaryRules } from '../notary/verify.ts';
import type { TrustedKey } from '../signed.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import type { Crl } from '../x509/revocation/crl.ts';
import type { OcspResponse } from '../x509/revocation/ocsp.ts';

/** A trust configuration with every file read and every name resolved. What it does not say is not trusted. */
export interface TrustConfiguration {
  /** `metadata.name`, for display. */
  readonly name: string;
  /** Over all that decides, the contents of the files included: equal digests give equal judgements. */
  readonly digest: Digest;
  readonly roots: ReadonlyMap<string, NamedRoot>;
  readonly signers: ReadonlyMap<string, TrustedSigner>;
  readonly rules: readonly TrustRule[];
}

/** A Sigstore trust root under the name that signers use for it. */
export interface NamedRoot {
  readonly name: string;
  readonly root: TrustRoot;
}

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
   * Milliseconds since 1970; null for no bound. A bound counts verified times only: with one of them, a signature without a
   * verified time inside is refused; where all are null none is needed.
   */
  readonly validFrom: number | null;
  /** The first instant at which the key no longer signs. */
  readonly validUntil: number | null;
  /** The first instant at which somebody else may have had the key. */
  readonly revokedAt: number | null;
  /** Where its log entries and timestamps are checked; null when neither is looked at. */
  readonly root: NamedRoot | null;
  /** `required`: a signature without a verified entry in a log of `root` (which is then there) is refused. */
  readonly transparency: 'required' | 'none';
}

export interface KeylessSigner extends SignerNames {
  readonly kind: 'keyless';
  readonly root: NamedRoot;
  readonly identity: IdentityMatcher;
  /** `none`: kinds of logs that the root has none of are not asked for; those that it has always are. */
  readonly transparency: 'required' | 'none';
}

export interface X509Signer extends SignerNames {
  readonly kind: 'x509';
  readonly stores: NotaryStores;
  /** Each as `parseIdentity` gives it; one of them has to fit. Never empty. */
  readonly identities: 'any' | readonly ReadonlyMap<string, string>[];
  readonly level: NotaryLevel;
  /** The level with its overrides. */
  readonly rules: NotaryRules;
  readonly crls: readonly Crl[];
  readonly ocspResponses: readonly OcspResponse[];
}

/** The named combinations of the trust policy specification; `skip` is not one here, since it accepts anything. */
export type NotaryLevel = 'strict' | 'permissive' | 'audit';

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
  /** What the signed payload has to call the image: `signedReferenceFault`. Null when it may call it anything. */
  readonly signedReference: SignedReference | null;
}

/**
 * What a payload of simple signing has to name in `docker-reference`; other formats name nothing, and do not pass.
 * `same-repository`: that of the image at hand. `same-reference`: for an image asked for by tag that very tag, else the
 * repository. `repository`: this one, for images that were copied from there.
 */
export type SignedReference =
  | { readonly kind: 'same-repository' }
  | { readonly kind: 'same-reference' }
  | { readonly kind: 'repository'; readonly repository: string };

/** A statement about the image with a certain predicate, said by `threshold` signers of different operators. */
export interface AttestationRequirement extends RequirementNames {
  readonly kind: 'attestation';
  readonly predicateType: PredicateSelector;
  readonly signers: readonly TrustedSigner[];
  readonly threshold: number;
  readonly freshness: Freshness | null;
  readonly provenance: ProvenanceRequirement | null;
  readonly summary: SummaryRequirement | null;
  /** Of a verdict by policy: for which it has to be, any of them; null for statements of other kinds. Never empty. */
  readonly environments: readonly string[] | null;
}

/** Statements of one predicate type, or of one kind of predicate in every version that is read. */
export interface PredicateSelector {
  /** As the configuration has it: a URI, or the name of a predicate reader. */
  readonly text: string;
  /** Asked of the type inside the signed payload. */
  matches(predicateType: string): boolean;
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
