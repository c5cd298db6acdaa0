import { constants, type KeyObject, verify } from 'node:crypto';
import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { NotaryAlgorithm, NotarySignature } from '../signed.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { verifyWholeChain } from '../x509/path.ts';

/** What an algorithm is made of, and how long its signatures are: exactly. */
interface AlgorithmParts {
  readonly kind: 'pss' | 'ecdsa';
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly hashBytes: number;
  readonly signatureBytes: number;
}

const ALGORITHMS: Readonly<Record<NotaryAlgorithm, AlgorithmParts>> = {
  PS256: { kind: 'pss', hash: 'sha256', hashBytes: 32, signatureBytes: 256 },
  PS384: { kind: 'pss', hash: 'sha384', hashBytes: 48, signatureBytes: 384 },
  PS512: { kind: 'pss', hash: 'sha512', hashBytes: 64, signatureBytes: 512 },
  ES256: { kind: 'ecdsa', hash: 'sha256', hashBytes: 32, signatureBytes: 64 },
  ES384: { kind: 'ecdsa', hash: 'sha384', hashBytes: 48, signatureBytes: 96 },
  ES512: { kind: 'ecdsa', hash: 'sha512', hashBytes: 64, signatureBytes: 132 },
};

/** signature-specification.md, Algorithm Selection. */
const BY_MODULUS: ReadonlyMap<number | undefined, NotaryAlgorithm> = new Map([
  [2048, 'PS256'],
  [3072, 'PS384'],
  [4096, 'PS512'],
]);
const BY_CURVE: ReadonlyMap<string | undefined, NotaryAlgorithm> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);

/**
 * Shows that the signature is one of its leaf certificate's key by the algorithm that this key implies, that its chain is
 * whole, and that it asks for nothing that is not understood here. Says nothing of whom to trust, nor when. Returns the
 * chain. Throws `SIGNATURE_INVALID`, `ALGORITHM_MISMATCH`, `KEY_INVALID`, `PLUGIN_NEEDED`, `CRITICAL_ATTRIBUTE_UNKNOWN` and
 * what reading certificates and `verifyWholeChain` throw.
 */
export function verifyIntegrity(signature: NotarySignature): readonly Certificate[] {
  const { object } = signature;
  const chain = signature.certificates.map((der, index) =>
    parseCertificate(der, `certificate ${index + 1} of ${object}`),
  );
  const [leaf] = chain;
  if (leaf === undefined) {
    throw new TrustError('SIGNATURE_INVALID', 'a signature without certificates', { object });
  }
  verifyBytes(signature, leaf.publicKey);
  assertUnderstood(signature);
  verifyWholeChain(chain, { time: null, purpose: 'notary' });
  return chain;
}

function verifyBytes({ algorithm: stated, signature, signedBytes, object }: NotarySignature, key: KeyObject): void {
  const implied = impliedAlgorithm(key, object);
  if (stated !== implied) {
    throw new TrustError('ALGORITHM_MISMATCH', 'not the algorithm of its key', {
      object,
      expected: `${implied}, for ${describeKey(key)}`,
      found: stated,
    });
  }
  const parts = ALGORITHMS[implied];
  if (signature.length !== parts.signatureBytes) {
    throw wrong(object, `${parts.signatureBytes} octets of ${implied}`, `${signature.length}`);
  }
  const options =
    parts.kind === 'pss'
      ? // Other salt lengths verify as well where none is asked for; RFC 7518 section 3.5 and RFC 8230 section 2 allow one.
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: parts.hashBytes }
      : { key, dsaEncoding: 'ieee-p1363' as const };
  if (!verifies(() => verify(parts.hash, signedBytes, options, signature))) {
    throw wrong(object, `a signature of its leaf certificate's key by ${implied}`, 'one that does not verify');
  }
}

/** OpenSSL throws on some keys that are odd: what they sign is no signature either. */
function verifies(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** The one algorithm that a key signs by (signature-specification.md, Algorithm Selection). Throws `KEY_INVALID`. */
export function impliedAlgorithm(key: KeyObject, object: string): NotaryAlgorithm {
  const details = key.asymmetricKeyDetails;
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? BY_MODULUS.get(details?.modulusLength)
      : key.asymmetricKeyType === 'ec'
        ? BY_CURVE.get(details?.namedCurve)
        : undefined;
  if (algorithm === undefined) {
    throw new TrustError('KEY_INVALID', 'not a key that the Notary Project signs with', {
      object,
      expected: 'RSA of 2048, 3072 or 4096 bits, or ECDSA on P-256, P-384 or P-521',
      found: describeKey(key),
    });
  }
  return algorithm;
}

/** What an algorithm hashes with, and timestamps of its signatures too (signature-specification.md, Timestamping). */
export function notaryHash(algorithm: NotaryAlgorithm): AlgorithmParts['hash'] {
  return ALGORITHMS[algorithm].hash;
}

function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return `${key.asymmetricKeyType ?? 'no'} key${modulusLength === undefined ? '' : ` of ${modulusLength} bits`}${
    namedCurve === undefined ? '' : ` on ${namedCurve}`
  }`;
}

function assertUnderstood({ verificationPlugin, unknownCritical, object }: NotarySignature): void {
  if (verificationPlugin !== null) {
    throw new TrustError('PLUGIN_NEEDED', 'the signer wants a verification plugin to be asked', {
      object,
      expected: 'a signature that can be verified without a plugin: there are none here',
      found: `plugin ${quote(verificationPlugin, 100)}`,
    });
  }
  const [unknown] = unknownCritical;
  if (unknown !== undefined) {
    throw new TrustError('CRITICAL_ATTRIBUTE_UNKNOWN', 'a critical attribute that is not understood here', {
      object,
      expected: 'attributes of the specification alone to be critical',
      found: unknownCritical
        .map((name) => quote(name, 60))
        .slice(0, 5)
        .join(', '),
    });
  }
}

function wrong(object: string, expected: string, found: string): TrustError {
  return new TrustError('SIGNATURE_INVALID', 'wrong signature', { object, expected, found });
}
