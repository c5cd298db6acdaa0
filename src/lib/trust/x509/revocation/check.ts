import { isAppError } from '#base/error.ts';
import type { Certificate } from '../certificate.ts';
import { askCrl, isListOf } from './check-crl.ts';
import { answerAbout, assertAnswer } from './check-ocsp.ts';
import type { Crl } from './crl.ts';
import type { OcspResponse } from './ocsp.ts';
import { revocationSources } from './sources.ts';

export type RevocationStatus =
  | { readonly kind: 'good'; readonly source: 'crl' | 'ocsp' }
  | {
      readonly kind: 'revoked';
      readonly source: 'crl' | 'ocsp';
      /** Milliseconds since 1970. */
      readonly at: number;
      /** A CRLReason by its name in RFC 5280 section 5.3.1; `unspecified` where none is given. */
      readonly reason: string;
    }
  /** Nothing usable was at hand. Never to be taken for good where revocation is enforced. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** It names nowhere to ask, and nothing at hand covers it. */
  | { readonly kind: 'not-published' }
  /** The trust anchor: nobody above it could revoke it. */
  | { readonly kind: 'anchor' };

/** What is at hand to judge by, in any order; `now` in milliseconds since 1970. */
export interface RevocationEvidence {
  readonly crls: readonly Crl[];
  readonly ocspResponses: readonly OcspResponse[];
  readonly now: number;
}

/**
 * One status for each certificate of a verified path, leaf first. Pure. One genuine answer that a certificate is revoked
 * outweighs all that say it is good; what could not be used is named in the reason.
 */
export function checkRevocation(
  path: readonly Certificate[],
  evidence: RevocationEvidence,
): readonly RevocationStatus[] {
  return path.map((certificate, index) => {
    const issuer = path[index + 1];
    return issuer === undefined ? { kind: 'anchor' } : statusOf(certificate, issuer, evidence);
  });
}

function statusOf(certificate: Certificate, issuer: Certificate, evidence: RevocationEvidence): RevocationStatus {
  const problems: string[] = [];
  const statuses = [
    ...fromOcsp(certificate, issuer, evidence, problems),
    ...fromCrls(certificate, issuer, evidence, problems),
  ];
  const decisive =
    statuses.find((status) => status.kind === 'revoked') ?? statuses.find((status) => status.kind === 'good');
  if (decisive !== undefined) {
    return decisive;
  }
  if (problems.length === 0 && !isPublished(certificate, problems)) {
    return { kind: 'not-published' };
  }
  return { kind: 'unknown', reason: problems[0] ?? 'neither a revocation list nor an OCSP response is at hand' };
}

function fromOcsp(
  certificate: Certificate,
  issuer: Certificate,
  { ocspResponses, now }: RevocationEvidence,
  problems: string[],
): readonly RevocationStatus[] {
  return ocspResponses.flatMap((response) =>
    attempt(problems, () => {
      const answer = answerAbout(response, certificate, issuer);
      if (answer === undefined) {
        return [];
      }
      assertAnswer(response, answer, issuer, now);
      if (answer.status.kind === 'unknown') {
        problems.push(`${response.object}: the responder does not know the certificate`);
        return [];
      }
      return [{ ...answer.status, source: 'ocsp' }];
    }),
  );
}

function fromCrls(
  certificate: Certificate,
  issuer: Certificate,
  { crls, now }: RevocationEvidence,
  problems: string[],
): readonly RevocationStatus[] {
  const lists = crls.filter((crl) => isListOf(crl, certificate));
  const deltas = lists.filter((crl) => crl.baseNumber !== null);
  return lists
    .filter((crl) => crl.baseNumber === null)
    .flatMap((crl) =>
      attempt(problems, () => {
        const { entry } = askCrl(crl, deltas, certificate, issuer, now);
        return [entry === null ? { kind: 'good', source: 'crl' } : { kind: 'revoked', source: 'crl', ...entry }];
      }),
    );
}

/** An extension that cannot be read may name anything: that is not "nowhere". */
function isPublished(certificate: Certificate, problems: string[]): boolean {
  const [named = true] = attempt(problems, () => [revocationSources(certificate).named]);
  return named;
}

function attempt<T>(problems: string[], ask: () => readonly T[]): readonly T[] {
  try {
    return ask();
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    problems.push(error.message);
    return [];
  }
}
