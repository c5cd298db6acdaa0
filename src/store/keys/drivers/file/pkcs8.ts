import { LIMITS, limitExceeded } from '#base/limits.ts';
import { assertBoundedScrypt } from './box.ts';
import { invalid } from './invalid.ts';

const SEQUENCE = 0x30;
const OID = 0x06;
const INTEGER = 0x02;

/** Object identifiers in hex (RFC 8018 appendix C, RFC 7914 section 7). */
const PBES2 = '2a864886f70d01050d';
const PBKDF2 = '2a864886f70d01050c';
const SCRYPT = '2b06010401da47040b';

interface Value {
  readonly tag: number;
  readonly content: Uint8Array;
}

/**
 * That deriving the key of an EncryptedPrivateKeyInfo (RFC 5958 section 3) takes seconds at most: OpenSSL would do it
 * without end, and nothing could interrupt it. Throws `KEY_FILE_INVALID`, `LIMIT_EXCEEDED`.
 */
export function assertBoundedEncryption(der: Uint8Array, name: string): void {
  const [info] = valuesOf(der, name);
  const [algorithm] = inside(info, name);
  const [scheme, parameters] = inside(algorithm, name);
  if (hexOf(scheme, name) !== PBES2) {
    throw invalid(
      name,
      'PBES2 encryption',
      'an older kind',
      'openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY encrypts it anew.',
    );
  }
  const [derivation] = inside(parameters, name);
  const [kind, cost] = inside(derivation, name);
  const numbers = inside(cost, name)
    .filter(({ tag }) => tag === INTEGER)
    .map((value) => numberOf(value, name));
  switch (hexOf(kind, name)) {
    case PBKDF2: {
      const [iterations = 0] = numbers;
      if (iterations > LIMITS.keyDerivationIterations) {
        throw limitExceeded(`PBKDF2 of ${name}`, LIMITS.keyDerivationIterations, 'iterations', iterations);
      }
      return;
    }
    case SCRYPT: {
      const [N = 0, r = 0, p = 0] = numbers;
      assertBoundedScrypt({ N, r, p }, name);
      return;
    }
    default:
      throw invalid(name, 'a key derived by PBKDF2 or scrypt', 'another derivation');
  }
}

function inside(value: Value | undefined, name: string): readonly Value[] {
  if (value?.tag !== SEQUENCE) {
    throw malformed(name);
  }
  return valuesOf(value.content, name);
}

function hexOf(value: Value | undefined, name: string): string {
  if (value?.tag !== OID) {
    throw malformed(name);
  }
  return Buffer.from(value.content).toString('hex');
}

/** Of at most six octets: anything longer is past every limit. */
function numberOf({ content }: Value, name: string): number {
  if (content.length === 0 || content.length > 6 || (content[0] ?? 0) >= 0x80) {
    throw malformed(name);
  }
  return Buffer.from(content).readUIntBE(0, content.length);
}

/** The values of DER (X.690), one behind the other, as far as their heads go. */
function valuesOf(bytes: Uint8Array, name: string): readonly Value[] {
  const values: Value[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + octets;
    if (octets > 3 || first === 0x80 || start > bytes.length) {
      throw malformed(name);
    }
    const length = octets === 0 ? first : Buffer.from(bytes.subarray(at + 2, start)).readUIntBE(0, octets);
    if (start + length > bytes.length) {
      throw malformed(name);
    }
    values.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

function malformed(name: string): Error {
  return invalid(name, 'an EncryptedPrivateKeyInfo', 'other DER');
}
