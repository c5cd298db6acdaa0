import { isAppError } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { NotarySignature, VerifiedSignature, VerifiedTime } from '../signed.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { RevocationEvidence } from '../x509/revocation/check.ts';
import { assertTrusted } from './authenticity.ts';
import { verifyIntegrity } from './integrity.ts';
import type { NotaryAction, NotaryCheck, NotaryCheckName, NotaryCheckOutcome, NotaryOutcome } from './outcome.ts';
import { assertNotKnownRevoked, assertNotRevoked, revocationValidUntil } from './revocation.ts';
import type { NotaryStores } from './stores.ts';
import { type AuthenticTime, authenticTime } from './times.ts';

/** What failed checks do. Integrity has no row: it is always enforced. */
export interface NotaryRules {
  readonly authenticity: Exclude<NotaryAction, 'skip'>;
  readonly authenticTimestamp: Exclude<NotaryAction, 'skip'>;
  readonly expiry: Exclude<NotaryAction, 'skip'>;
  readonly revocation: NotaryAction;
  /** Whether a timestamp is needed as long as the certificates are valid; it always is afterwards. */
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
}

/** `crls` and `ocspResponses` are about the signers' certificates and those of timestamp authorities alike. */
export interface NotaryOptions extends RevocationEvidence {
  readonly rules: NotaryRules;
  /** From `parseIdentity`, one of them has to fit; none fits where the list is empty. */
  readonly identities: 'any' | readonly ReadonlyMap<string, string>[];
}

const NO_TIME: AuthenticTime = { times: [], timestampPath: [], validUntil: null };
const PASSED: NotaryCheckOutcome = { kind: 'passed' };
const AFTER_INTEGRITY = ['authenticity', 'authenticTimestamp', 'expiry', 'revocation'] as const;

/**
 * Verifies one signature (Notary Project, trust-store-trust-policy.md, Signature Verification Details). What it is about
 * is for `bindSubject` to say. Throws nothing on account of the signature: what is wrong is in the checks.
 */
export function verifyNotary(signature: NotarySignature, stores: NotaryStores, options: NotaryOptions): NotaryOutcome {
  const { rules } = options;
  const integrity = tried(() => verifyIntegrity(signature));
  if (integrity.kind === 'failed') {
    const reason = 'the signature itself does not hold';
    const checks: readonly NotaryCheck[] = [
      { check: 'integrity', action: 'enforce', outcome: integrity },
      ...AFTER_INTEGRITY.map((check) => skipped(check, rules[check], reason)),
    ];
    return { accepted: false, verified: null, validUntil: null, checks };
  }
  const chain = integrity.value;
  const authenticity = tried(() => assertTrusted(signature, chain, stores, options.identities));
  const time = tried(() => timeOf(signature, chain, stores, options));
  const { times, timestampPath, validUntil } = time.kind === 'passed' ? time.value : NO_TIME;
  const expiry = tried(() => assertNotExpired(signature, options.now));
  const revocation = (): void => {
    assertNotRevoked(chain, options);
    assertNotRevoked(timestampPath, options);
  };
  const checks: readonly NotaryCheck[] = [
    { check: 'integrity', action: 'enforce', outcome: PASSED },
    { check: 'authenticity', action: rules.authenticity, outcome: withoutValue(authenticity) },
    { check: 'authenticTimestamp', action: rules.authenticTimestamp, outcome: withoutValue(time) },
    { check: 'expiry', action: rules.expiry, outcome: withoutValue(expiry) },
    rules.revocation === 'skip'
      ? skipped('revocation', rules.revocation, 'the configuration says so')
      : { check: 'revocation', action: rules.revocation, outcome: withoutValue(tried(revocation)) },
  ];
  const accepted = checks.every(({ action, outcome }) => action !== 'enforce' || outcome.kind === 'passed');
  const ends = [validUntil, signature.expiry, rules.revocation === 'skip' ? null : revocationValidUntil(options)];
  return {
    accepted,
    verified: authenticity.kind === 'passed' ? verifiedSignature(chain, times) : null,
    validUntil: accepted ? earliestAfter(options.now, ends) : null,
    checks,
  };
}

/** A time by an authority whose certificate was revoked is nobody's word. */
function timeOf(
  signature: NotarySignature,
  chain: readonly Certificate[],
  stores: NotaryStores,
  options: NotaryOptions,
): AuthenticTime {
  const { rules, now } = options;
  const time = authenticTime(signature, chain, stores, { now, verifyTimestamp: rules.verifyTimestamp });
  if (rules.revocation !== 'skip') {
    assertNotKnownRevoked(time.timestampPath, options);
  }
  return time;
}

function assertNotExpired({ expiry, object }: NotarySignature, now: number): void {
  if (expiry !== null && expiry <= now) {
    throw new TrustError('SIGNATURE_EXPIRED', 'the signature has expired', {
      object,
      expected: `a signature that counts at ${new Date(now).toISOString()}`,
      found: `one until ${new Date(expiry).toISOString()}`,
    });
  }
}

function verifiedSignature([leaf]: readonly Certificate[], times: readonly VerifiedTime[]): VerifiedSignature | null {
  return leaf === undefined
    ? null
    : {
        signer: {
          kind: 'x509',
          subject: leaf.subject.text,
          issuer: leaf.issuer.text,
          fingerprint: leaf.fingerprint,
        },
        times,
        logs: [],
      };
}

/** What has ended already was only logged. */
function earliestAfter(now: number, ends: readonly (number | null)[]): number | null {
  const future = ends.filter((end): end is number => end !== null && end > now);
  return future.length === 0 ? null : Math.min(...future);
}

function skipped(check: NotaryCheckName, action: NotaryAction, reason: string): NotaryCheck {
  return { check, action, outcome: { kind: 'skipped', reason } };
}

type Tried<Value> = { readonly kind: 'passed'; readonly value: Value } | Failed;
type Failed = Extract<NotaryCheckOutcome, { readonly kind: 'failed' }>;

function tried<Value>(run: () => Value): Tried<Value> {
  try {
    return { kind: 'passed', value: run() };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return { kind: 'failed', code: error.code, reason: error.message };
  }
}

function withoutValue(result: Tried<unknown>): NotaryCheckOutcome {
  return result.kind === 'passed' ? PASSED : result;
}
