import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { publishedTimestamps } from '#test/fixtures/certificate-samples.ts';
import { OpensslAuthority } from '#test/fixtures/openssl-authority.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { ValidFor } from '../x509/authority.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { parseCertificateFile } from '../x509/certificate-file.ts';
import { assertLeaf } from '../x509/purposes.ts';
import { type TimestampAuthority, timestampAuthority } from './authority.ts';
import { parseToken } from './signed-data.ts';
import { verifyTimestamp } from './verify.ts';

evidence('trust/timestamps', 'published', "tokens of GlobalSign and of Sigstore's authorities");
evidence('trust/timestamps', 'real tool', 'tokens of openssl ts');

const ALWAYS: ValidFor = { start: null, end: null };

function fileOf(name: string): readonly Certificate[] {
  return parseCertificateFile(readFileSync(data(`spec/notation/${name}`)), name);
}

describe('a published timestamp', { skip: missing('shared-data') }, () => {
  const globalSign = (): TimestampAuthority =>
    timestampAuthority({
      name: 'GlobalSign',
      certificates: fileOf('e2e-certs/globalsignTSARoot.cer'),
      validFor: ALWAYS,
    });
  const digiCert = (): TimestampAuthority =>
    timestampAuthority({
      name: 'DigiCert',
      certificates: fileOf('e2e-certs/DigiCertTSARootSHA384.cer'),
      validFor: ALWAYS,
    });
  const token = (): Buffer => readFileSync(data('spec/notation/timestamp-tokens/TimeStampToken.p7s'));

  it('of GlobalSign holds under its root, whichever other roots there are', () => {
    const verified = verifyTimestamp(token(), Buffer.from('notation'), [digiCert(), globalSign()], 'token');
    assert.equal(new Date(verified.time).toISOString(), '2021-09-17T14:09:10.000Z');
    assert.deepEqual([verified.accuracy, verified.authority, verified.path.length], [1000, 'GlobalSign', 3]);
  });

  it('does not hold under another root, or none', () => {
    assert.throws(() => verifyTimestamp(token(), Buffer.from('notation'), [digiCert()], 'token'), {
      code: 'CHAIN_INVALID',
    });
    assert.throws(() => verifyTimestamp(token(), Buffer.from('notation'), [], 'token'), { code: 'CHAIN_INVALID' });
  });

  it('does not hold for other bytes', () => {
    assert.throws(() => verifyTimestamp(token(), Buffer.from('notatiom'), [globalSign()], 'token'), {
      code: 'TIMESTAMP_INVALID',
    });
  });

  it('does not hold with content of another type', () => {
    const other = readFileSync(data('spec/notation/timestamp-tokens/TimeStampTokenWithInvalideContentType.p7s'));
    assert.throws(() => verifyTimestamp(other, Buffer.from('notation'), [globalSign()], 'token'), {
      code: 'TIMESTAMP_INVALID',
      message: /expected content of type 1\.2\.840\.113549\.1\.9\.16\.1\.4/,
    });
  });

  it('of Sigstore holds under the authority of its trust root', (t) => {
    const samples = publishedTimestamps();
    for (const { name, token: bytes, message, authority } of samples) {
      assert.ok(verifyTimestamp(bytes, message, [sigstore(authority)], name).time > Date.UTC(2023, 0, 1));
    }
    t.diagnostic(`${samples.length} tokens`);
    assert.ok(samples.length >= 3);
  });

  it('with any byte changed is refused, or says exactly the same', () => {
    const samples = publishedTimestamps().map((sample) => ({ ...sample, authorities: [sigstore(sample.authority)] }));
    const change = fc.record({
      sample: fc.constantFrom(...samples),
      at: fc.nat(8192),
      flip: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ sample: { token: bytes, message, authorities }, at, flip }) => {
        const changed = Buffer.from(bytes);
        changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ flip;
        try {
          assert.equal(
            verifyTimestamp(changed, message, authorities, 'token').time,
            verifyTimestamp(bytes, message, authorities, 'token').time,
          );
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});

function sigstore(certificates: readonly Buffer[], validFor = ALWAYS): TimestampAuthority {
  return timestampAuthority({
    name: 'Sigstore',
    certificates: certificates.map((der, index) => parseCertificate(der, `certificate ${index + 1}`)),
    validFor,
  });
}

describe('a timestamp of openssl', { skip: missing('openssl') }, () => {
  const message = Buffer.from('a signature');
  const STAMPS = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,timeStamping'];
  let openssl: OpensslAuthority;
  before(() => {
    openssl = new OpensslAuthority();
    openssl.makeRoot('root', ['keyUsage=critical,keyCertSign,cRLSign']);
    openssl.issue('stamper', 'root', STAMPS);
    openssl.issue('rival', 'root', STAMPS);
  });
  after(() => openssl.close());

  const authority = (names: readonly string[], validFor = ALWAYS): TimestampAuthority =>
    timestampAuthority({
      name: names.join(),
      certificates: names.flatMap((name) => parseCertificateFile(openssl.read(`${name}.crt`), name)),
      validFor,
    });
  const stamp = (digest = 'sha256', ...further: readonly string[]): Buffer =>
    openssl.stamp(message, 'stamper', digest, ...further);

  for (const digest of ['sha256', 'sha384', 'sha512']) {
    it(`of ${digest} holds, with its accuracy`, () => {
      const verified = verifyTimestamp(stamp(digest), message, [authority(['stamper', 'root'])], 'token');
      assert.equal(verified.accuracy, 1501);
      assert.equal(verified.path.length, 2);
    });
  }

  it('holds as a token without its response, and when it names its certificate by SHA-1', () => {
    const token = stamp('sha256', '-token_out');
    verifyTimestamp(token, message, [authority(['root'])], 'token');
    verifyTimestamp(stamp('sha256', '-section', 'stamp_sha1_id'), message, [authority(['root'])], 'token');
  });

  it('does not hold over SHA-1', () => {
    assert.throws(() => verifyTimestamp(stamp('sha1'), message, [authority(['root'])], 'token'), {
      code: 'ALGORITHM_REFUSED',
    });
  });

  it('does not hold under an authority that has another certificate for it', () => {
    const signed = stamp();
    assert.throws(() => verifyTimestamp(signed, message, [authority(['rival', 'root'])], 'token'), {
      code: 'CHAIN_INVALID',
      message: /expected a signature by rival,root, found one by "CN=stamper"/,
    });
  });

  it('does not hold outside the time for which its authority is believed', () => {
    const signed = stamp();
    const { time } = verifyTimestamp(signed, message, [authority(['root'])], 'token');
    verifyTimestamp(signed, message, [authority(['root'], { start: time, end: time })], 'token');
    for (const validFor of [
      { start: time + 1, end: null },
      { start: null, end: time - 1 },
    ]) {
      assert.throws(() => verifyTimestamp(signed, message, [authority(['root'], validFor)], 'token'), {
        code: 'CERTIFICATE_OUTSIDE_VALIDITY',
      });
    }
  });

  it('does not hold when its certificate was expired', () => {
    openssl.issue('expired', 'root', STAMPS, '-startdate', '20200101000000Z', '-enddate', '20210101000000Z');
    const signed = openssl.stamp(message, 'expired', 'sha256');
    for (const names of [['root'], ['expired', 'root']]) {
      assert.throws(() => verifyTimestamp(signed, message, [authority(names)], 'token'), {
        code: 'CERTIFICATE_OUTSIDE_VALIDITY',
      });
    }
  });

  it('that was not granted does not hold', () => {
    assert.throws(() => verifyTimestamp(stamp('md5'), message, [authority(['root'])], 'token'), {
      code: 'TIMESTAMP_INVALID',
      message: /expected a granted timestamp, found status 2/,
    });
  });

  it('whose content was replaced does not hold', () => {
    const signed = stamp('sha256', '-token_out');
    const { content } = parseToken(signed, 'token');
    const at = signed.indexOf(content);
    const year = signed.indexOf(Buffer.from([0x18, 0x0f]), at) + 2;
    const changed = Buffer.from(signed);
    changed.write('1999', year, 'latin1');
    assert.throws(() => verifyTimestamp(changed, message, [authority(['root'])], 'token'), {
      code: 'TIMESTAMP_INVALID',
      message: /expected the signed digest/,
    });
  });

  it('whose signed attributes name another certificate does not hold', () => {
    // The same key and name in a second certificate: only the hash of the certificate tells them apart. It is valid from the second on in which it is made.
    openssl.run(
      'ca',
      '-batch',
      '-config',
      'openssl.cnf',
      '-cert',
      'root.crt',
      '-keyfile',
      'root.key',
      '-notext',
      '-in',
      'stamper.csr',
      '-out',
      'twin.crt',
      '-days',
      '10',
    );
    const signed = stamp();
    const [twin] = parseCertificateFile(openssl.read('twin.crt'), 'twin');
    const [stamper] = parseCertificateFile(openssl.read('stamper.crt'), 'stamper');
    const { signer } = parseToken(signed, 'token');
    assert.equal(signer.id.kind === 'issuer-and-serial' && signer.id.serialNumber, stamper?.serialNumber);
    const posing = {
      ...authority(['stamper', 'root']),
      leaf: twin && stamper && { ...twin, publicKey: twin.publicKey, serialNumber: stamper.serialNumber },
    };
    assert.throws(() => verifyTimestamp(signed, message, [{ ...posing, leaf: posing.leaf ?? null }], 'token'), {
      code: 'TIMESTAMP_INVALID',
      message: /expected a signature for the certificate with sha256/,
    });
  });

  it('needs a certificate for nothing but time stamping', () => {
    openssl.issue('plain', 'root', ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=codeSigning']);
    openssl.issue('lax', 'root', ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=timeStamping']);
    openssl.issue('both', 'root', [
      'keyUsage=critical,digitalSignature',
      'extendedKeyUsage=critical,timeStamping,codeSigning',
    ]);
    for (const name of ['plain', 'both']) {
      assert.throws(() => authority([name, 'root']), { code: 'CHAIN_INVALID' }, name);
    }
    // A root that names this very certificate need not care that its purpose is not critical; one that a token brings must.
    const { leaf } = authority(['lax', 'root']);
    assert.ok(leaf !== null);
    assert.throws(() => assertLeaf(leaf, 'timestamping'), { code: 'CHAIN_INVALID' });
    assert.throws(() => authority([]), { code: 'CHAIN_INVALID' });
    assert.throws(() => authority(['root', 'stamper']), { code: 'CHAIN_INVALID' });
  });
});
