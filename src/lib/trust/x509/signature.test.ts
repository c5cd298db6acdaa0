import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { OpensslAuthority } from '#test/fixtures/openssl-authority.ts';
import { missing } from '#test/prerequisites.ts';
import type { Certificate } from './certificate.ts';
import { parseCertificateFile } from './certificate-file.ts';
import { verifyIssuedBy } from './signature.ts';

evidence('trust/certificate-signatures', 'real tool', 'certificates that openssl signs with each algorithm');

const skip = missing('openssl');
const EC = (curve: string): readonly string[] => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
/** One key for all: making them is what takes time. */
const RSA: readonly string[] = ['-key', 'rsa.key'];
const PSS = (...options: readonly string[]): readonly string[] => [
  ...RSA,
  '-sigopt',
  'rsa_padding_mode:pss',
  ...options.flatMap((option) => ['-sigopt', option]),
];

describe('the signature of a certificate', { skip }, () => {
  let openssl: OpensslAuthority;
  before(() => {
    openssl = new OpensslAuthority();
    openssl.run('genrsa', '-out', 'rsa.key', '2048');
  });
  after(() => openssl.close());

  const selfSigned = (...options: readonly string[]): Certificate => {
    openssl.makeRoot('root', ['keyUsage=keyCertSign'], options);
    const [certificate] = parseCertificateFile(openssl.read('root.crt'), 'root.crt');
    return certificate ?? assert.fail();
  };

  const cases: readonly (readonly [what: string, code: string | null, options: readonly string[]])[] = [
    ['RSA with SHA-256', null, [...RSA, '-sha256']],
    ['RSA with SHA-384', null, [...RSA, '-sha384']],
    ['RSA with SHA-512', null, [...RSA, '-sha512']],
    ['RSA-PSS with SHA-256', null, [...PSS('rsa_pss_saltlen:digest'), '-sha256']],
    ['RSA-PSS with SHA-512', null, [...PSS('rsa_pss_saltlen:digest'), '-sha512']],
    ['ECDSA on P-256', null, [...EC('prime256v1'), '-sha256']],
    ['ECDSA on P-384', null, [...EC('secp384r1'), '-sha384']],
    ['ECDSA on P-521', null, [...EC('secp521r1'), '-sha512']],
    ['Ed25519', null, ['-newkey', 'ed25519']],
    ['RSA with SHA-1', 'ALGORITHM_REFUSED', [...RSA, '-sha1']],
    ['RSA with MD5', 'ALGORITHM_REFUSED', [...RSA, '-md5']],
    ['RSA with SHA-224', 'ALGORITHM_REFUSED', [...RSA, '-sha224']],
    ['ECDSA with SHA-1', 'ALGORITHM_REFUSED', [...EC('prime256v1'), '-sha1']],
    ['RSA-PSS with SHA-1', 'ALGORITHM_REFUSED', [...PSS(), '-sha1']],
    ['RSA-PSS with a short salt', 'ALGORITHM_REFUSED', [...PSS('rsa_pss_saltlen:8'), '-sha256']],
    [
      'RSA-PSS with another mask',
      'ALGORITHM_REFUSED',
      [...PSS('rsa_pss_saltlen:digest', 'rsa_mgf1_md:sha512'), '-sha256'],
    ],
    ['Ed448', 'ALGORITHM_REFUSED', ['-newkey', 'ed448']],
    ['RSA of 1024 bits', 'KEY_INVALID', ['-newkey', 'rsa:1024', '-sha256']],
    ['ECDSA on secp256k1', 'KEY_INVALID', [...EC('secp256k1'), '-sha256']],
    ['ECDSA on a curve in full', 'KEY_INVALID', [...EC('prime256v1'), '-pkeyopt', 'ec_param_enc:explicit', '-sha256']],
  ];
  for (const [what, code, options] of cases) {
    it(`by ${what} ${code === null ? 'holds' : 'is refused'}`, () => {
      const certificate = selfSigned(...options);
      if (code === null) {
        verifyIssuedBy(certificate, certificate);
        assert.throws(
          () =>
            verifyIssuedBy(
              { ...certificate, publicKey: certificate.publicKey, signature: flipped(certificate.signature) },
              certificate,
            ),
          {
            code: 'SIGNATURE_INVALID',
          },
        );
      } else {
        assert.throws(() => verifyIssuedBy(certificate, certificate), { code });
      }
    });
  }

  it('does not hold under a key of another kind', () => {
    const one = selfSigned(...RSA);
    const other = selfSigned(...EC('prime256v1'));
    assert.throws(() => verifyIssuedBy(one, other), { code: 'ALGORITHM_MISMATCH' });
    assert.throws(() => verifyIssuedBy(other, one), { code: 'ALGORITHM_MISMATCH' });
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}
