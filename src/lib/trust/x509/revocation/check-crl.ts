import { isAppError, quote } from '#base/error.ts';
import type { Certificate } from '../certificate.ts';
import { EXTENSION } from '../extensions.ts';
import { sameName } from '../name.ts';
import { schemeOf, verifyWithScheme } from '../signature.ts';
import type { Crl } from './crl.ts';
import type { CrlEntry } from './crl-entries.ts';
import { assertCurrent } from './current.ts';
import { distributionPointsOf } from './distribution-points.ts';
import { malformed } from './malformed.ts';

/** What the lists that are about a certificate say of it; null for a certificate that they do not have. */
export type CrlFinding = { readonly crl: Crl; readonly entry: CrlEntry | null };

/** True where a list could be about a certificate: its issuer's. Cheap, and no judgement. */
export function isListOf(crl: Crl, certificate: Certificate): boolean {
  return sameName(crl.issuer, certificate.issuer);
}

/**
 * What one complete list, with the newest delta to it, says (RFC 5280 section 6.3.3). Where the certificate or the list
 * says that there are deltas, one has to be at hand, unless the list alone has it revoked. Throws `REVOCATION_INVALID`
 * and what verifying a signature throws.
 */
export function askCrl(
  crl: Crl,
  deltas: readonly Crl[],
  certificate: Certificate,
  issuer: Certificate,
  now: number,
): CrlFinding {
  assertCovers(crl, certificate);
  assertGenuine(crl, issuer, now);
  const delta = newestDelta(crl, deltas, issuer, now);
  const entry = crl.entries.get(certificate.serialHex) ?? null;
  if (delta !== null) {
    const change = delta.entries.get(certificate.serialHex);
    return { crl: delta, entry: change === undefined ? entry : change.reason === 'removeFromCRL' ? null : change };
  }
  if (entry === null && (crl.hasDeltas || certificate.extensions.has(EXTENSION.freshestCrl))) {
    throw malformed(crl.object, 'the delta that it has, or the certificate says it has', 'none that can be used');
  }
  return { crl, entry };
}

function assertCovers(crl: Crl, certificate: Certificate): void {
  const { only, distributionPoint } = crl.scope;
  const kind = certificate.basicConstraints?.ca === true ? 'authorities' : 'users';
  if (only !== 'all' && only !== kind) {
    throw malformed(crl.object, `a list about ${kind}`, `one about ${only} only`);
  }
  const points = distributionPointsOf(certificate.extensions.get(EXTENSION.crlDistributionPoints), certificate.object);
  const names = new Set(points.flatMap((point) => point.names));
  if (distributionPoint !== null && !distributionPoint.some((name) => names.has(name))) {
    throw malformed(crl.object, 'a list of a distribution point that the certificate names', 'one of another');
  }
}

function assertGenuine(crl: Crl, issuer: Certificate, now: number): void {
  if (!sameName(crl.issuer, issuer.subject)) {
    throw malformed(crl.object, `a list of ${quote(issuer.subject.text)}`, quote(crl.issuer.text));
  }
  if (issuer.keyUsage !== null && !issuer.keyUsage.has('cRLSign')) {
    throw malformed(crl.object, 'an issuer with the key usage cRLSign', [...issuer.keyUsage].join(', '));
  }
  assertCurrent(crl.object, crl.thisUpdate, crl.nextUpdate, now);
  verifyWithScheme(
    schemeOf(crl.signatureAlgorithm, crl.object),
    crl.signedBytes,
    crl.signature,
    issuer.publicKey,
    crl.object,
  );
}

/**
 * RFC 5280 section 5.2.4: of the same scope, going on from this list or an earlier one, not older than it. One that is
 * not genuine is passed over, so that it hides no revocation.
 */
function newestDelta(base: Crl, deltas: readonly Crl[], issuer: Certificate, now: number): Crl | null {
  let newest: Crl | null = null;
  for (const delta of deltas) {
    const { number } = delta;
    if (
      number !== null &&
      goesOnFrom(delta, base) &&
      number > (newest?.number ?? -1n) &&
      isGenuine(delta, issuer, now)
    ) {
      newest = delta;
    }
  }
  return newest;
}

function goesOnFrom({ scope, baseNumber, number }: Crl, base: Crl): boolean {
  const numbered = baseNumber !== null && number !== null && base.number !== null;
  return numbered && scope.raw === base.scope.raw && baseNumber <= base.number && number >= base.number;
}

function isGenuine(crl: Crl, issuer: Certificate, now: number): boolean {
  try {
    assertGenuine(crl, issuer, now);
    return true;
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return false;
  }
}
