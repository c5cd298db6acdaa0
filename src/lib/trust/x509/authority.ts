import { isAppError, quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { Certificate } from './certificate.ts';
import { sameName } from './name.ts';
import { assertRights, assertValidAt, buildPath, type PathOptions } from './path.ts';
import { verifyIssuedBy } from './signature.ts';

/** When an authority of a trust root may be believed, in milliseconds since 1970, both inclusive; null for no bound. */
export interface ValidFor {
  readonly start: number | null;
  readonly end: number | null;
}

/** A certificate authority of a trust root, its chain verified once, so that a leaf costs one signature. */
export interface CertificateAuthority {
  /** For messages and results: its URI. */
  readonly name: string;
  /** The issuer of leaves first, the trust anchor last. */
  readonly certificates: readonly Certificate[];
  readonly validFor: ValidFor;
}

/** Checks the links of the chain but no dates or rights. Throws `CHAIN_INVALID` and what `verifyIssuedBy` throws. */
export function certificateAuthority(description: {
  readonly name: string;
  readonly certificates: readonly Certificate[];
  readonly validFor: ValidFor;
}): CertificateAuthority {
  assertLinked(description.certificates, description.name);
  return description;
}

/** That each certificate was issued by the next. Throws `CHAIN_INVALID`, also for none, and what `verifyIssuedBy` throws. */
export function assertLinked(certificates: readonly Certificate[], object: string): void {
  if (certificates.length === 0) {
    throw new TrustError('CHAIN_INVALID', 'no certificate', {
      object,
      expected: 'a chain of certificates',
      found: 'none',
    });
  }
  certificates.forEach((certificate, index) => {
    const issuer = certificates[index + 1];
    if (issuer === undefined) {
      return;
    }
    if (!sameName(certificate.issuer, issuer.subject)) {
      throw new TrustError('CHAIN_INVALID', 'not a chain of certificates', {
        object: certificate.object,
        expected: `a certificate issued by ${quote(issuer.subject.text)}, which is next`,
        found: quote(certificate.issuer.text),
      });
    }
    verifyIssuedBy(certificate, issuer);
  });
}

/** That an authority was to be believed at a time. Throws `CERTIFICATE_OUTSIDE_VALIDITY`. */
export function assertBelievedAt(
  authority: { readonly name: string; readonly validFor: ValidFor },
  time: number,
): void {
  const { start, end } = authority.validFor;
  if (!(time >= (start ?? -Infinity) && time <= (end ?? Infinity))) {
    const bound = (at: number | null): string => (at === null ? 'any time' : new Date(at).toISOString());
    throw new TrustError('CERTIFICATE_OUTSIDE_VALIDITY', 'authority not trusted at that time', {
      object: authority.name,
      expected: `a time from ${bound(start)} to ${bound(end)}`,
      found: Number.isFinite(time) ? new Date(time).toISOString() : String(time),
    });
  }
}

/**
 * The path from a leaf to the first of the authorities that issued it and was to be believed at the time. `intermediates`
 * (anybody's) are tried where the authority did not issue the leaf directly. Throws `CHAIN_INVALID`,
 * `CERTIFICATE_OUTSIDE_VALIDITY` and what `verifyIssuedBy` throws. Further times cost no signature: `assertValidAt` for
 * the path and `assertBelievedAt` for the authority.
 */
export function verifyByAuthority(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authorities: readonly CertificateAuthority[],
  options: PathOptions & { readonly time: number },
): { readonly path: readonly Certificate[]; readonly authority: CertificateAuthority } {
  let problem: Error | null = null;
  for (const authority of authorities) {
    try {
      const path = pathTo(leaf, intermediates, authority, options);
      if (path !== null) {
        return { path, authority };
      }
    } catch (error) {
      if (!isAppError(error)) {
        throw error;
      }
      problem ??= error;
    }
  }
  throw problem ?? unknownIssuer(leaf, authorities);
}

/** Null where nothing links the two. */
function pathTo(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authority: CertificateAuthority,
  options: PathOptions & { readonly time: number },
): readonly Certificate[] | null {
  const [issuer] = authority.certificates;
  const anchor = authority.certificates.at(-1);
  if (issuer === undefined || anchor === undefined) {
    return null;
  }
  if (sameName(leaf.issuer, issuer.subject)) {
    const path = [leaf, ...authority.certificates];
    assertBelievedAt(authority, options.time);
    assertRights(path, options.purpose);
    assertValidAt(path, options.time);
    verifyIssuedBy(leaf, issuer);
    return path;
  }
  if (!intermediates.some((intermediate) => sameName(leaf.issuer, intermediate.subject))) {
    return null;
  }
  const path = buildPath(leaf, [...intermediates, ...authority.certificates.slice(0, -1)], [anchor], options);
  assertBelievedAt(authority, options.time);
  return path;
}

function unknownIssuer(leaf: Certificate, authorities: readonly CertificateAuthority[]): TrustError {
  const known = authorities.map((authority) => quote(authority.certificates[0]?.subject.text ?? authority.name));
  return new TrustError('CHAIN_INVALID', 'no path to a trusted certificate', {
    object: `${leaf.object} (${quote(leaf.subject.text)})`,
    expected: known.length === 0 ? 'a trusted authority' : `an issuer of ${known.slice(0, 5).join(', ')}`,
    found: quote(leaf.issuer.text),
  });
}
