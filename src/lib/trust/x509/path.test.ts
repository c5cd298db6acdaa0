import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import {
  authority,
  type CertificateParts,
  commonName,
  der,
  extendedKeyUsage,
  extension,
  keyUsage,
  makeCertificate,
  newPair,
  type Pair,
  sequence,
} from '#test/fixtures/hostile-certificates.ts';
import { data, missing } from '#test/prerequisites.ts';
import { certificateAuthority, verifyByAuthority } from './authority.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { parseCertificateFile } from './certificate-file.ts';
import { buildPath, verifyWholeChain } from './path.ts';
import type { CertificatePurpose } from './purposes.ts';

evidence('trust/certificate-paths', 'published', 'chains of the Notary Project and of DigiCert in its samples');

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const time = Date.UTC(2025, 5, 1);
const pairs: readonly Pair[] = [newPair(), newPair(), newPair()];
const [rootPair, middlePair, leafPair] = pairs as readonly [Pair, Pair, Pair];
const options = { time, purpose: 'code-signing' } as const;

type Parts = Partial<CertificateParts>;

function make(subject: string, issuer: string, pair: Pair, signer: Pair, parts: Parts): Certificate {
  const names = { subject: commonName(subject), issuer: commonName(issuer) };
  return parseCertificate(
    makeCertificate({ ...names, key: pair.publicKey, signer: signer.privateKey, ...parts }),
    subject,
  );
}

const root = (parts: Parts = {}): Certificate =>
  make('root', 'root', rootPair, rootPair, { extensions: [authority(), keyUsage(0x06)], ...parts });
const middle = (parts: Parts = {}, name = 'middle'): Certificate =>
  make(name, 'root', middlePair, rootPair, { extensions: [authority(), keyUsage(0x06)], ...parts });
const leaf = (parts: Parts = {}): Certificate =>
  make('leaf', 'middle', leafPair, middlePair, {
    extensions: [keyUsage(0x80), extendedKeyUsage(false, CODE_SIGNING)],
    ...parts,
  });

describe('a path', () => {
  it('leads from the leaf over intermediates to a root', () => {
    const [one, two, three] = [leaf(), middle(), root()];
    assert.deepEqual(buildPath(one, [three, two], [three], options), [one, two, three]);
  });

  it('ends at the first certificate that is trusted, self-signed or not', () => {
    const [one, two] = [leaf(), middle()];
    assert.deepEqual(buildPath(one, [], [two], options), [one, two]);
    assert.deepEqual(buildPath(one, [], [one], options), [one]);
  });

  it('goes around an intermediate that has the name and not the key', () => {
    const [one, two, three] = [leaf(), middle(), root()];
    const impostor = make('middle', 'root', leafPair, leafPair, { extensions: [authority(), keyUsage(0x06)] });
    assert.deepEqual(buildPath(one, [impostor, two], [three], options), [one, two, three]);
  });

  it('is not searched for ever among authorities that certify each other', () => {
    const ring = Array.from({ length: 60 }, (_, index) =>
      make('middle', 'middle', middlePair, middlePair, {
        serial: der(0x02, Buffer.from([index + 1])),
        extensions: [authority(), keyUsage(0x06)],
      }),
    );
    assert.throws(() => buildPath(leaf(), ring, [root()], options), { code: 'CHAIN_INVALID' });
    assert.throws(() => buildPath(leaf(), [...ring, ...ring], [root()], options), {
      code: 'CHAIN_INVALID',
      message: /at most 100/,
    });
  });

  const late = { notBefore: '250701000000Z' };
  const early = { notAfter: '250501000000Z' };
  const ca = [authority(), keyUsage(0x06)];
  const refused: readonly (readonly [
    what: string,
    code: string,
    leaf: Certificate,
    middle: Certificate,
    root: Certificate,
  ])[] = [
    ['a leaf that is not yet valid', 'CERTIFICATE_OUTSIDE_VALIDITY', leaf(late), middle(), root()],
    ['a leaf that is expired', 'CERTIFICATE_OUTSIDE_VALIDITY', leaf(early), middle(), root()],
    ['an intermediate that is expired', 'CERTIFICATE_OUTSIDE_VALIDITY', leaf(), middle(early), root()],
    ['a root that is not yet valid', 'CERTIFICATE_OUTSIDE_VALIDITY', leaf(), middle(), root(late)],
    ['an intermediate that is no authority', 'CHAIN_INVALID', leaf(), middle({ extensions: [keyUsage(0x06)] }), root()],
    [
      'an intermediate of version 1',
      'CHAIN_INVALID',
      leaf(),
      middle({ extensions: [], version: Buffer.alloc(0) }),
      root(),
    ],
    [
      'an intermediate that may not sign certificates',
      'CHAIN_INVALID',
      leaf(),
      middle({ extensions: [authority(), keyUsage(0x80)] }),
      root(),
    ],
    [
      'an intermediate for other purposes',
      'CHAIN_INVALID',
      leaf(),
      middle({ extensions: [...ca, extendedKeyUsage(false, TIME_STAMPING)] }),
      root(),
    ],
    [
      'a root that allows no intermediate',
      'CHAIN_INVALID',
      leaf(),
      middle(),
      root({ extensions: [authority(0), keyUsage(0x06)] }),
    ],
    [
      'a root with name constraints',
      'CHAIN_INVALID',
      leaf(),
      middle(),
      root({ extensions: [...ca, extension('2.5.29.30', false, sequence())] }),
    ],
    [
      'an unknown critical extension',
      'CHAIN_INVALID',
      leaf(),
      middle({ extensions: [...ca, extension('1.2.3', true, der(0x05))] }),
      root(),
    ],
    [
      'a precertificate',
      'CHAIN_INVALID',
      leaf({
        extensions: [extendedKeyUsage(false, CODE_SIGNING), extension('1.3.6.1.4.1.11129.2.4.3', true, der(0x05))],
      }),
      middle(),
      root(),
    ],
    ['a leaf for nothing', 'CHAIN_INVALID', leaf({ extensions: [keyUsage(0x80)] }), middle(), root()],
    [
      'a leaf for other purposes',
      'CHAIN_INVALID',
      leaf({ extensions: [extendedKeyUsage(true, TIME_STAMPING)] }),
      middle(),
      root(),
    ],
    [
      'a leaf that is an authority',
      'CHAIN_INVALID',
      leaf({ extensions: [...ca, extendedKeyUsage(false, CODE_SIGNING)] }),
      middle(),
      root(),
    ],
    ['a leaf of another issuer', 'CHAIN_INVALID', leaf({ issuer: commonName('stranger') }), middle(), root()],
    ['a leaf signed by another key', 'SIGNATURE_INVALID', leaf({ signer: rootPair.privateKey }), middle(), root()],
    [
      'an intermediate signed by another key',
      'SIGNATURE_INVALID',
      leaf(),
      middle({ signer: leafPair.privateKey }),
      root(),
    ],
  ];
  for (const [what, code, ...chain] of refused) {
    const [one, two, three] = chain;
    it(`does not hold with ${what}`, () => {
      assert.throws(() => buildPath(one, [two], [three], options), { code });
      // The same faults, found where the links were verified before.
      const byAuthority = (): unknown => {
        const known = certificateAuthority({
          name: 'authority',
          certificates: [two, three],
          validFor: { start: null, end: null },
        });
        return verifyByAuthority(one, [], [known], options);
      };
      assert.throws(byAuthority, { code });
    });
  }

  it('needs a trusted certificate', () => {
    assert.throws(() => buildPath(leaf(), [middle(), root()], [], options), { code: 'CHAIN_INVALID' });
    assert.throws(() => buildPath(leaf(), [], [root()], options), {
      code: 'CHAIN_INVALID',
      message: /found "CN=middle"/,
    });
  });

  it('needs a time that is one', () => {
    assert.throws(() => buildPath(leaf(), [middle()], [root()], { ...options, time: Number.NaN }), {
      code: 'CERTIFICATE_OUTSIDE_VALIDITY',
    });
  });
});

describe('an authority', () => {
  const certificates = [middle(), root()];
  const validFor = { start: Date.UTC(2025, 0, 1), end: Date.UTC(2025, 11, 1) };
  const known = certificateAuthority({ name: 'https://authority.example', certificates, validFor });

  it('gives the path of a leaf that it issued', () => {
    const one = leaf();
    assert.deepEqual(verifyByAuthority(one, [], [known], options).path, [one, ...certificates]);
  });

  it('is found among others, and by intermediates that come with the leaf', () => {
    const other = certificateAuthority({
      name: 'other',
      certificates: [make('other', 'other', leafPair, leafPair, {})],
      validFor,
    });
    const rootOnly = certificateAuthority({ name: 'root only', certificates: [root()], validFor });
    assert.equal(verifyByAuthority(leaf(), [], [other, known], options).authority, known);
    assert.equal(verifyByAuthority(leaf(), [middle()], [other, rootOnly], options).authority, rootOnly);
    assert.throws(() => verifyByAuthority(leaf(), [], [other, rootOnly], options), { code: 'CHAIN_INVALID' });
    assert.throws(() => verifyByAuthority(leaf(), [], [], options), { code: 'CHAIN_INVALID' });
  });

  it('is not believed outside the time of its trust root', () => {
    for (const at of [Date.UTC(2024, 11, 31), Date.UTC(2025, 11, 2)]) {
      const wide = leaf({ notBefore: '200101000000Z', notAfter: '300101000000Z' });
      assert.throws(() => verifyByAuthority(wide, [], [known], { ...options, time: at }), {
        code: 'CERTIFICATE_OUTSIDE_VALIDITY',
      });
    }
    const ended = certificateAuthority({ name: 'ended', certificates, validFor: { start: null, end: time - 1 } });
    assert.throws(() => verifyByAuthority(leaf(), [], [ended], options), {
      message: /ended: authority not trusted at that time/,
    });
  });

  it('is a chain in its order', () => {
    const make2 = (chain: readonly Certificate[]) => (): unknown =>
      certificateAuthority({ name: 'x', certificates: chain, validFor });
    assert.throws(make2([]), { code: 'CHAIN_INVALID' });
    assert.throws(make2(certificates.toReversed()), { code: 'CHAIN_INVALID' });
    assert.throws(make2([middle({ signer: leafPair.privateKey }), root()]), { code: 'SIGNATURE_INVALID' });
  });
});

describe('a whole chain', () => {
  const notary = (parts: Parts = {}): Certificate => leaf({ extensions: [keyUsage(0x80)], ...parts });
  const rules = { time, purpose: 'notary' } as const;
  const good = [notary(), middle(), root()];

  it('holds as the Notary Project has it', () => verifyWholeChain(good, rules));

  it('may be one certificate that signed itself', () => {
    verifyWholeChain([make('leaf', 'leaf', leafPair, leafPair, { extensions: [keyUsage(0x80)] })], rules);
  });

  const [one, two, three] = good as [Certificate, Certificate, Certificate];
  const refused: readonly (readonly [what: string, code: string, chain: readonly Certificate[]])[] = [
    ['no certificate', 'CHAIN_INVALID', []],
    ['no root', 'CHAIN_INVALID', [one, two]],
    ['another order', 'CHAIN_INVALID', [one, three, two]],
    ['one twice', 'CHAIN_INVALID', [one, two, three, three]],
    ['eleven certificates', 'CHAIN_INVALID', [one, two, ...Array.from({ length: 9 }, () => three)]],
    ['a root that did not sign itself', 'SIGNATURE_INVALID', [one, two, root({ signer: leafPair.privateKey })]],
    ['an expired root', 'CERTIFICATE_OUTSIDE_VALIDITY', [one, two, root({ notAfter: '250501000000Z' })]],
    ['a leaf without key usage', 'CHAIN_INVALID', [notary({ extensions: [] }), two, three]],
    [
      'a leaf whose key usage is not critical',
      'CHAIN_INVALID',
      [notary({ extensions: [keyUsage(0x80, false)] }), two, three],
    ],
    ['a leaf for key encipherment too', 'CHAIN_INVALID', [notary({ extensions: [keyUsage(0xa0)] }), two, three]],
    ['an intermediate without key usage', 'CHAIN_INVALID', [one, middle({ extensions: [authority()] }), three]],
    ...[
      '2.5.29.37.0',
      '1.3.6.1.5.5.7.3.1',
      '1.3.6.1.5.5.7.3.2',
      '1.3.6.1.5.5.7.3.4',
      TIME_STAMPING,
      '1.3.6.1.5.5.7.3.9',
    ].map(
      (id) =>
        [
          `a leaf for ${id}`,
          'CHAIN_INVALID',
          [notary({ extensions: [keyUsage(0x80), extendedKeyUsage(false, CODE_SIGNING, id)] }), two, three],
        ] as const,
    ),
  ];
  for (const [what, code, chain] of refused) {
    it(`does not hold with ${what}`, () => assert.throws(() => verifyWholeChain(chain, rules), { code }));
  }

  it('may be judged without a time, by who looks at validity apart', () => {
    verifyWholeChain([notary({ notAfter: '250501000000Z' }), two, three], { ...rules, time: null });
  });
});

describe('published chains', () => {
  const file = (name: string): readonly Certificate[] =>
    parseCertificateFile(readFileSync(data(`spec/notation/${name}`)), name);
  const cases: readonly (readonly [names: readonly string[], purpose: CertificatePurpose, code: string | null])[] = [
    [['e2e-crl/certchain_with_crl.pem'], 'notary', null],
    [['e2e-certs/e2e.crt'], 'notary', null],
    [['e2e-certs/new_e2e.crt'], 'notary', null],
    [['x509/openssl-minimum-self-signed.pem'], 'notary', null],
    [['e2e-certs/expired_e2e.crt'], 'notary', 'CERTIFICATE_OUTSIDE_VALIDITY'],
    [['x509/pem.crt'], 'notary', 'CHAIN_INVALID'],
    [['truststore/x509/ca/valid-trust-store/TestTimestampNotYetValid.crt'], 'notary', 'CERTIFICATE_OUTSIDE_VALIDITY'],
    [['truststore/x509/tsa/test-nonSelfIssued/nonSelfIssued.crt'], 'notary', 'CHAIN_INVALID'],
    [['x509/timestamp_leaf.crt', 'x509/timestamp_intermediate.crt', 'x509/timestamp_root.crt'], 'timestamping', null],
    [
      ['x509/timestamp_leaf.crt', 'x509/timestamp_intermediate.crt', 'x509/timestamp_root.crt'],
      'notary',
      'CHAIN_INVALID',
    ],
    [['x509/timestamp_leaf.crt', 'x509/timestamp_root.crt'], 'timestamping', 'CHAIN_INVALID'],
  ];
  for (const [names, purpose, code] of cases) {
    it(`${names.join(', ')} ${code === null ? 'holds' : 'does not hold'} for ${purpose}`, {
      skip: missing('shared-data'),
    }, () => {
      const verify = (): void => verifyWholeChain(names.flatMap(file), { time: Date.UTC(2025, 0, 1), purpose });
      if (code === null) {
        verify();
      } else {
        assert.throws(verify, { code });
      }
    });
  }
});
