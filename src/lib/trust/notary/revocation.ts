import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { Certificate } from '../x509/certificate.ts';
import { checkRevocation, type RevocationEvidence, type RevocationStatus } from '../x509/revocation/check.ts';

/**
 * Throws for the first certificate of a path that was taken back (`CERTIFICATE_REVOKED`), else for the first of which it
 * cannot be told (`REVOCATION_UNKNOWN`). A revoked certificate is refused for signatures from before as well: their time
 * is the signer's word, or that of a key which the thief may have used since.
 */
export function assertNotRevoked(path: readonly Certificate[], evidence: RevocationEvidence): void {
  const statuses = checkRevocation(path, evidence);
  assertNoneRevoked(path, statuses);
  for (const [index, certificate] of path.entries()) {
    const status = statuses[index] ?? UNKNOWN;
    if (status.kind === 'unknown') {
      throw new TrustError('REVOCATION_UNKNOWN', 'it cannot be told whether the certificate was revoked', {
        object: describe(certificate),
        expected: 'a CRL or an OCSP response of its issuer that covers it and is current',
        found: status.reason,
      });
    }
  }
}

/** Throws `CERTIFICATE_REVOKED` for what is known to be revoked, and lets pass what is not known. */
export function assertNotKnownRevoked(path: readonly Certificate[], evidence: RevocationEvidence): void {
  assertNoneRevoked(path, checkRevocation(path, evidence));
}

/**
 * When the first of the lists and answers that are current no longer is, in milliseconds since 1970: a judgement that
 * rests on them may not outlive it. Null where there are none.
 */
export function revocationValidUntil({ crls, ocspResponses, now }: RevocationEvidence): number | null {
  const updates = [...crls, ...ocspResponses.flatMap((response) => response.answers)].flatMap(({ nextUpdate }) =>
    nextUpdate !== null && nextUpdate > now ? [nextUpdate] : [],
  );
  return updates.reduce<number | null>((earliest, update) => Math.min(earliest ?? update, update), null);
}

const UNKNOWN: RevocationStatus = { kind: 'unknown', reason: 'nothing' };

function assertNoneRevoked(path: readonly Certificate[], statuses: readonly RevocationStatus[]): void {
  for (const [index, certificate] of path.entries()) {
    const status = statuses[index] ?? UNKNOWN;
    if (status.kind === 'revoked') {
      throw new TrustError('CERTIFICATE_REVOKED', 'a certificate was revoked', {
        object: describe(certificate),
        expected: 'a certificate that its issuer stands by',
        found: `revoked at ${new Date(status.at).toISOString()} (${status.reason}, by ${status.source})`,
      });
    }
  }
}

function describe(certificate: Certificate): string {
  return `${certificate.object} ${quote(certificate.subject.text)}`;
}
