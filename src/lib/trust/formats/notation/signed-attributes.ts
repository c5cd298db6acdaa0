import { quote } from '#base/error.ts';
import { TrustError } from '../../error.ts';
import type { NotarySignature } from '../../signed.ts';

const PREFIX = 'io.cncf.notary.';

/** The names of attributes, the same in both envelopes (signature-specification.md, Signed and Unsigned Attributes). */
export const ATTRIBUTE = {
  signingScheme: `${PREFIX}signingScheme`,
  signingTime: `${PREFIX}signingTime`,
  authenticSigningTime: `${PREFIX}authenticSigningTime`,
  expiry: `${PREFIX}expiry`,
  verificationPlugin: `${PREFIX}verificationPlugin`,
  verificationPluginMinVersion: `${PREFIX}verificationPluginMinVersion`,
  /** The specification's example of JWS says `timestamp`; what notation writes and reads is this. */
  timestampSignature: `${PREFIX}timestampSignature`,
  signingAgent: `${PREFIX}signingAgent`,
} as const;

/** The protected header of an envelope, behind its encoding. */
export interface ProtectedHeader {
  has(name: string): boolean;
  /** Throws `ENVELOPE_INVALID` unless it is there and a text. */
  text(name: string): string;
  /** Milliseconds since 1970; throws `ENVELOPE_INVALID` unless it is there and a time as the envelope writes it. */
  time(name: string): number;
  /** `crit`, as texts. The envelope's own headers are not in here. Every one is a header that is there. */
  readonly critical: readonly string[];
}

export type SignedAttributes = Pick<
  NotarySignature,
  'signingScheme' | 'signingTime' | 'expiry' | 'verificationPlugin' | 'unknownCritical'
>;

/**
 * The signed attributes, by the rules of signature-specification.md: the time that belongs to the scheme and no other, an
 * expiry after it, and what decides marked as critical. Throws `ENVELOPE_INVALID`.
 */
export function signedAttributes(header: ProtectedHeader, object: string): SignedAttributes {
  const signingScheme = schemeOf(header, object);
  const byAuthority = signingScheme === 'notary.x509.signingAuthority';
  const [ownTime, otherTime] = byAuthority
    ? [ATTRIBUTE.authenticSigningTime, ATTRIBUTE.signingTime]
    : [ATTRIBUTE.signingTime, ATTRIBUTE.authenticSigningTime];
  if (header.has(otherTime)) {
    throw invalid(object, `no ${otherTime} under the signing scheme ${signingScheme}`, 'one');
  }
  const signingTime = header.time(ownTime);
  const expiry = header.has(ATTRIBUTE.expiry) ? header.time(ATTRIBUTE.expiry) : null;
  if (expiry !== null && expiry <= signingTime) {
    throw invalid(
      object,
      `${ATTRIBUTE.expiry} after the signing time ${new Date(signingTime).toISOString()}`,
      new Date(expiry).toISOString(),
    );
  }
  assertCritical(header, ATTRIBUTE.signingScheme, object);
  if (byAuthority) {
    assertCritical(header, ATTRIBUTE.authenticSigningTime, object);
  }
  if (expiry !== null) {
    assertCritical(header, ATTRIBUTE.expiry, object);
  }
  const verificationPlugin = header.has(ATTRIBUTE.verificationPlugin)
    ? header.text(ATTRIBUTE.verificationPlugin)
    : null;
  const known: readonly string[] = [
    ATTRIBUTE.signingScheme,
    ownTime,
    ATTRIBUTE.expiry,
    // Known only in that a plugin is asked for: who verifies says so instead of naming the attribute.
    ...(verificationPlugin === null ? [] : [ATTRIBUTE.verificationPlugin, ATTRIBUTE.verificationPluginMinVersion]),
  ];
  const unknownCritical = header.critical.filter((name) => !known.includes(name));
  return { signingScheme, signingTime, expiry, verificationPlugin, unknownCritical };
}

function schemeOf(header: ProtectedHeader, object: string): NotarySignature['signingScheme'] {
  const scheme = header.text(ATTRIBUTE.signingScheme);
  if (scheme !== 'notary.x509' && scheme !== 'notary.x509.signingAuthority') {
    throw invalid(
      object,
      `${ATTRIBUTE.signingScheme} to be notary.x509 or notary.x509.signingAuthority`,
      quote(scheme, 60),
    );
  }
  return scheme;
}

function assertCritical(header: ProtectedHeader, name: string, object: string): void {
  if (!header.critical.includes(name)) {
    throw invalid(object, `${name} among the critical headers`, quote(header.critical.join(', '), 200));
  }
}

/** Throws `ENVELOPE_INVALID` unless the critical headers of an envelope are at least one, and each named once. */
export function assertCriticalList(names: readonly string[], object: string): void {
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw invalid(object, 'a list of critical headers, each once', quote(names.join(', '), 200));
  }
}

/** A critical header that is not there could not be understood. */
export function absentCritical(name: string, object: string): TrustError {
  return invalid(object, 'every critical header in the protected header', `no ${quote(name, 100)}`);
}

export function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('ENVELOPE_INVALID', 'not an envelope of the Notary Project', { object, expected, found });
}
