import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { publishedCertificates } from '#test/fixtures/certificate-samples.ts';
import {
  authority,
  type CertificateParts,
  commonName,
  der,
  ECDSA_SHA256,
  extension,
  keyUsage,
  makeCertificate,
  newPair,
  oid,
  sequence,
} from '#test/fixtures/hostile-certificates.ts';
import { missing } from '#test/prerequisites.ts';
import { type Certificate, parseCertificate } from './certificate.ts';

evidence(
  'trust/certificates',
  'published',
  'certificates of the Notary Project and of Sigstore, compared with what node reads',
);

const skip = missing('shared-data');

describe('a certificate', () => {
  it('is read as node reads it, wherever somebody published one', { skip }, (t) => {
    const samples = publishedCertificates();
    for (const { name, der: bytes } of samples) {
      assertAsNode(parseCertificate(bytes, name), new X509Certificate(bytes));
    }
    t.diagnostic(`${samples.length} certificates`);
    assert.ok(samples.length >= 100, String(samples.length));
  });

  it('throws nothing but its own errors for damaged bytes', { skip }, () => {
    const samples = publishedCertificates().map((sample) => sample.der);
    const change = fc.record({
      sample: fc.constantFrom(...samples),
      flips: fc.array(fc.record({ at: fc.nat(4096), byte: fc.nat(255) }), { maxLength: 4 }),
      length: fc.nat(4096),
    });
    fc.assert(
      fc.property(change, ({ sample, flips, length }) => {
        const bytes = Buffer.from(length % 3 === 0 ? sample.subarray(0, length) : sample);
        for (const { at, byte } of flips) {
          bytes[at % Math.max(bytes.length, 1)] = byte;
        }
        assert.ok(survives(bytes));
      }),
      { numRuns: 500 },
    );
  });

  const pair = newPair();
  const make = (parts: Partial<CertificateParts>): Buffer =>
    makeCertificate({ key: pair.publicKey, signer: pair.privateKey, ...parts });
  const name = (tag: number, bytes: Uint8Array): Buffer => extension('2.5.29.17', false, sequence(der(tag, bytes)));

  it('reads one that is made by hand', () => {
    const read = parseCertificate(make({ extensions: [authority(3), keyUsage(0x06)] }), 'sample');
    assert.deepEqual(read.basicConstraints, { ca: true, pathLength: 3 });
    assert.deepEqual(read.keyUsage, new Set(['keyCertSign', 'cRLSign']));
    assert.equal(read.subject.text, 'CN=leaf');
  });

  const refused: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['version 2', make({ version: der(0xa0, der(0x02, Buffer.from([1]))) })],
    ['version 1 in full', make({ version: der(0xa0, der(0x02, Buffer.from([0]))) })],
    ['extensions in version 1', make({ version: Buffer.alloc(0), extensions: [authority()] })],
    ['an extension twice', make({ extensions: [authority(), authority()] })],
    ['no extension in a list', make({ rest: der(0xa3, sequence()) })],
    [
      'an extension with critical FALSE',
      make({ extensions: [sequence(oid('2.5.29.14'), der(0x01, Buffer.from([0])), der(0x04, der(0x04)))] }),
    ],
    ['another algorithm outside', make({ outerAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) })],
    ['other parameters outside', make({ outerAlgorithm: sequence(oid('1.2.840.10045.4.3.2'), der(0x05)) })],
    ['a negative serial number', make({ serial: der(0x02, Buffer.from([0x80])) })],
    ['serial number zero', make({ serial: der(0x02, Buffer.from([0])) })],
    ['a serial number of 21 octets', make({ serial: der(0x02, Buffer.alloc(21, 1)) })],
    ['a serial number not in its shortest form', make({ serial: der(0x02, Buffer.from([0, 1])) })],
    ['an empty issuer', make({ issuer: commonName('') })],
    ['a validity that ends before it begins', make({ notAfter: '241231235959Z' })],
    ['a day that does not exist', make({ notAfter: '260230000000Z' })],
    ['a time with an offset', make({ notAfter: '20260101000000+0100' })],
    ['a unique identifier', make({ rest: der(0x81, Buffer.from([0, 1])) })],
    ['bytes behind it', Buffer.concat([make({}), Buffer.from([0])])],
    ['a key usage without a bit', make({ extensions: [extension('2.5.29.15', true, der(0x03, Buffer.from([0])))] })],
    [
      'a key usage with a bit too many',
      make({ extensions: [extension('2.5.29.15', true, der(0x03, Buffer.from([0, 0x80])))] }),
    ],
    [
      'a path length of nobody who is an authority',
      make({ extensions: [extension('2.5.29.19', true, sequence(der(0x02, Buffer.from([0]))))] }),
    ],
    [
      'a negative path length',
      make({
        extensions: [
          extension('2.5.29.19', true, sequence(der(0x01, Buffer.from([255])), der(0x02, Buffer.from([255])))),
        ],
      }),
    ],
    ['a NUL in a mail address', make({ extensions: [name(0x81, Buffer.from('a@good.example\0.bad.example'))] })],
    ['a line break in a URI', make({ extensions: [name(0x86, Buffer.from('https://good.example/\n'))] })],
    ['an empty mail address', make({ extensions: [name(0x81, Buffer.alloc(0))] })],
    ['an address of five octets', make({ extensions: [name(0x87, Buffer.alloc(5))] })],
    ['no alternative name', make({ extensions: [extension('2.5.29.17', false, sequence())] })],
    ['an extended key usage for nothing', make({ extensions: [extension('2.5.29.37', false, sequence())] })],
    ['a fourth member', sequence(make({}), ECDSA_SHA256, der(0x03, Buffer.from([0])), der(0x05))],
    ['64 KiB of it', Buffer.concat([make({}), Buffer.alloc(65536)])],
  ];
  for (const [what, bytes] of refused) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => parseCertificate(bytes, 'sample'), isRefusal);
    });
  }
});

function isRefusal(error: unknown): boolean {
  return (
    isAppError(error) &&
    ['CERTIFICATE_INVALID', 'DER_INVALID', 'LIMIT_EXCEEDED'].includes(error.code) &&
    error.message.startsWith('sample: ')
  );
}

function survives(bytes: Buffer): boolean {
  try {
    return parseCertificate(bytes, 'sample').publicKey !== null;
  } catch (error) {
    return isAppError(error);
  }
}

function assertAsNode(read: Certificate, node: X509Certificate): void {
  const { object } = read;
  assert.equal(read.serialHex, node.serialNumber.toLowerCase(), object);
  assert.equal(read.fingerprint, `sha256:${node.fingerprint256.replaceAll(':', '').toLowerCase()}`, object);
  assert.equal(read.notBefore, Date.parse(node.validFrom), object);
  assert.equal(read.notAfter, Date.parse(node.validTo), object);
  assert.equal(read.basicConstraints?.ca ?? false, node.ca, object);
  assert.deepEqual(read.extendedKeyUsage ?? undefined, node.keyUsage, object);
  assert.ok(read.publicKey.equals(node.publicKey), object);
  assert.deepEqual(
    read.subject.parts.flat().map(({ value }) => value),
    linesOf(node.subject),
    object,
  );
  assert.deepEqual(
    read.issuer.parts.flat().map(({ value }) => value),
    linesOf(node.issuer),
    object,
  );
  const names = read.subjectAltNames.flatMap(({ kind, value }) => (kind === 'other' ? [] : [value]));
  const shown = node.subjectAltName ?? '';
  assert.ok(
    names.every((value) => shown.includes(value)),
    object,
  );
  assert.equal(read.subjectAltNames.length === 0, shown === '', object);
}

/** Node prints each attribute on a line, escaped. */
function linesOf(name: string | undefined): readonly string[] {
  return (name ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(line.indexOf('=') + 1).replace(/\\(.)/g, '$1'));
}
