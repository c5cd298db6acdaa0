import { isAppError, quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { Certificate } from './certificate.ts';
import { sameName } from './name.ts';
import { assertIssuer, assertLeaf, type CertificatePurpose } from './purposes.ts';
import { verifyIssuedBy } from './signature.ts';

export interface PathOptions {
  /**
   * Milliseconds since 1970, from a verified source: every certificate must be valid then. Null only for a caller that
   * judges validity by itself with `assertValidAt` (the Notary Project reports it apart from authenticity).
   */
  readonly time: number | null;
  readonly purpose: CertificatePurpose;
}

const MAX_LENGTH = 10;
const MAX_INTERMEDIATES = 100;
/** What a search may cost: certificates of one name that sign each other would make it exponential. */
const MAX_SIGNATURES = 32;

/**
 * A path from the leaf to one of the roots (RFC 5280 section 6), leaf first and root last. Roots are trusted as they are,
 * self-signed or not; a leaf that is one of them is a path by itself. Intermediates are anybody's. Throws `CHAIN_INVALID`,
 * `CERTIFICATE_OUTSIDE_VALIDITY` and what `verifyIssuedBy` throws.
 */
export function buildPath(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  roots: readonly Certificate[],
  options: PathOptions,
): readonly Certificate[] {
  if (intermediates.length > MAX_INTERMEDIATES) {
    throw broken(leaf, `at most ${MAX_INTERMEDIATES} intermediate certificates`, `${intermediates.length}`);
  }
  assertLeaf(leaf, options.purpose);
  assertValidAt([leaf], options.time);
  if (roots.some((root) => root.fingerprint === leaf.fingerprint)) {
    return [leaf];
  }
  const search: Search = { intermediates, roots, options, signatures: 0, problem: null };
  const path = extend(search, [leaf]);
  if (path === null) {
    throw search.problem ?? broken(leaf, 'an issuer that is trusted', quote(leaf.issuer.text));
  }
  return path;
}

interface Search {
  readonly intermediates: readonly Certificate[];
  readonly roots: readonly Certificate[];
  readonly options: PathOptions;
  signatures: number;
  /** The first that kept a path from being one. */
  problem: Error | null;
}

function extend(search: Search, path: readonly Certificate[]): readonly Certificate[] | null {
  const last = path.at(-1);
  if (last === undefined || path.length >= MAX_LENGTH) {
    return null;
  }
  for (const root of search.roots) {
    if (canFollow(search, path, last, root)) {
      return [...path, root];
    }
  }
  for (const intermediate of search.intermediates) {
    const known = path.some((certificate) => certificate.fingerprint === intermediate.fingerprint);
    const found =
      !known && canFollow(search, path, last, intermediate) ? extend(search, [...path, intermediate]) : null;
    if (found !== null) {
      return found;
    }
  }
  search.problem ??= broken(last, 'an issuer that is trusted', quote(last.issuer.text));
  return null;
}

function canFollow(search: Search, path: readonly Certificate[], last: Certificate, issuer: Certificate): boolean {
  if (!sameName(last.issuer, issuer.subject)) {
    return false;
  }
  if (search.signatures >= MAX_SIGNATURES) {
    throw broken(last, `an issuer among the first ${MAX_SIGNATURES} certificates of that name`, 'none');
  }
  try {
    assertIssuer(issuer, path.length - 1, search.options.purpose);
    assertValidAt([issuer], search.options.time);
    search.signatures += 1;
    verifyIssuedBy(last, issuer);
    return true;
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    search.problem ??= error;
    return false;
  }
}

/**
 * The same for a chain that must be whole and in order, as the Notary Project has it: leaf first, a self-signed root last,
 * each issued by the next and none besides. Says nothing of trust: the caller looks for a trusted certificate in it.
 * Throws what `buildPath` throws.
 */
export function verifyWholeChain(chain: readonly Certificate[], options: PathOptions): void {
  const [leaf] = chain;
  const root = chain.at(-1);
  if (leaf === undefined || root === undefined || chain.length > MAX_LENGTH) {
    const expected = `a chain of 1 to ${MAX_LENGTH} certificates`;
    throw new TrustError('CHAIN_INVALID', 'no such chain', {
      expected,
      found: `${chain.length}`,
      ...(leaf && { object: leaf.object }),
    });
  }
  assertRights(chain, options.purpose);
  assertValidAt(chain, options.time);
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1] ?? certificate;
    if (!sameName(certificate.issuer, issuer.subject)) {
      const next = issuer === certificate ? 'itself, as a root' : quote(issuer.subject.text);
      throw broken(certificate, `a certificate issued by ${next}`, quote(certificate.issuer.text));
    }
    if (
      chain.indexOf(certificate) !== index ||
      chain.findIndex((other) => other.fingerprint === certificate.fingerprint) !== index
    ) {
      throw broken(certificate, 'each certificate once', 'one twice');
    }
    verifyIssuedBy(certificate, issuer);
  });
}

/** That each certificate of a path, leaf first, may be where it is; signatures and dates aside. Throws `CHAIN_INVALID`. */
export function assertRights(path: readonly Certificate[], purpose: CertificatePurpose): void {
  path.forEach((certificate, index) => {
    if (index === 0) {
      assertLeaf(certificate, purpose);
    } else {
      assertIssuer(certificate, index - 1, purpose);
    }
  });
}

/**
 * That every certificate is valid at the time, in milliseconds since 1970; null, for callers that judge it apart, asks
 * nothing. Throws `CERTIFICATE_OUTSIDE_VALIDITY` for the first that is not.
 */
export function assertValidAt(path: readonly Certificate[], time: number | null): void {
  for (const { object, subject, notBefore, notAfter } of path) {
    if (time !== null && !(notBefore <= time && time <= notAfter)) {
      throw new TrustError('CERTIFICATE_OUTSIDE_VALIDITY', time < notBefore ? 'not yet valid' : 'expired', {
        object: `${object} (${quote(subject.text)})`,
        expected: `a time from ${new Date(notBefore).toISOString()} to ${new Date(notAfter).toISOString()}`,
        found: Number.isFinite(time) ? new Date(time).toISOString() : String(time),
      });
    }
  }
}

function broken(certificate: Certificate, expected: string, found: string): TrustError {
  const object = `${certificate.object} (${quote(certificate.subject.text)})`;
  return new TrustError('CHAIN_INVALID', 'no path to a trusted certificate', { object, expected, found });
}
