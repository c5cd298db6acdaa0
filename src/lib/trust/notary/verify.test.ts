import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { outcomeText } from '#test/fixtures/notary-outcome.ts';
import {
  type CertificateRequest,
  certify,
  type EnvelopeRequest,
  newKey,
  type Signer,
  signCose,
  signJws,
} from '#test/fixtures/notary-signer.ts';
import { readCose } from '../formats/notation/cose.ts';
import { readJws } from '../formats/notation/jws.ts';
import type { NotarySignature } from '../signed.ts';
import { parseIdentity } from '../x509/identity.ts';
import type { NotaryCheckName, NotaryOutcome } from './outcome.ts';
import { notaryStore, notaryStores } from './stores.ts';
import { type NotaryOptions, verifyNotary } from './verify.ts';

evidence(
  'trust/notary-verify',
  'self-made',
  'signatures that no honest tool makes: other algorithms, salts, chains, attributes',
);

const PREFIX = 'io.cncf.notary.';
const SCHEME = `${PREFIX}signingScheme`;
const PAYLOAD = '{"targetArtifact":{}}';
const NOW = Date.parse('2024-06-01T00:00:00Z');

const ROOT = certify({ name: 'root', kind: 'root', issuer: null });
const OTHER_ROOT = certify({ name: 'other root', kind: 'root', issuer: null });
const LEAF = leaf({ name: 'leaf' });
const RSA = newKey('rsa2048');

const OPTIONS: NotaryOptions = {
  now: NOW,
  rules: {
    authenticity: 'enforce',
    authenticTimestamp: 'enforce',
    expiry: 'enforce',
    revocation: 'enforce',
    verifyTimestamp: 'always',
  },
  identities: 'any',
  crls: [],
  ocspResponses: [],
};
const STORES = notaryStores([store('ca', ROOT)]);

describe('verification of the Notary Project: integrity', () => {
  test('an honest signature in either envelope is accepted', () => {
    for (const signature of [jws({}), cose({})]) {
      const outcome = verify(signature);
      assert.equal(outcomeText(outcome), 'accepted');
      assert.deepEqual(outcome.verified, {
        signer: {
          kind: 'x509',
          subject: 'CN=leaf,O=Plimsoll,ST=WA,C=US',
          issuer: 'CN=root,O=Plimsoll,ST=WA,C=US',
          fingerprint: outcome.verified?.signer.kind === 'x509' ? outcome.verified.signer.fingerprint : '',
        },
        times: [],
        logs: [],
      });
      assert.equal(outcome.validUntil, Date.parse('2099-12-31T23:59:59Z') + 1);
    }
  });

  test('an algorithm that its key does not imply is refused, though the signature verifies by it', () => {
    for (const algorithm of ['PS384', 'PS512'] as const) {
      const signer = leaf({ name: 'rsa', key: RSA });
      assert.equal(outcomeText(verify(jws({ signer, algorithm }))), 'integrity ALGORITHM_MISMATCH');
      assert.equal(outcomeText(verify(cose({ signer, algorithm }))), 'integrity ALGORITHM_MISMATCH');
    }
    assert.equal(outcomeText(verify(jws({ algorithm: 'ES384' }))), 'integrity ALGORITHM_MISMATCH');
    const signer = leaf({ name: 'p384', key: newKey('p384') });
    assert.equal(outcomeText(verify(jws({ signer, algorithm: 'ES256' }))), 'integrity ALGORITHM_MISMATCH');
    assert.equal(outcomeText(verify(jws({ signer, algorithm: 'ES384' }))), 'accepted');
  });

  test('a PSS signature with a salt of another length than its hash is refused', () => {
    const signer = leaf({ name: 'rsa', key: RSA });
    assert.equal(outcomeText(verify(jws({ signer, algorithm: 'PS256' }))), 'accepted');
    for (const saltLength of [0, 20, 31, 33, 222]) {
      const signature = jws({ signer, algorithm: 'PS256', saltLength });
      assert.equal(outcomeText(verify(signature)), 'integrity SIGNATURE_INVALID', `${saltLength} octets`);
    }
  });

  test('an ECDSA signature of another length or in DER is refused', () => {
    const { signature, ...rest } = jws({});
    const [r, s] = [Buffer.from(signature.subarray(0, 32)), Buffer.from(signature.subarray(32))];
    const zero = Buffer.from([0]);
    for (const changed of [
      Buffer.concat([zero, r, zero, s]),
      Buffer.concat([r, s, zero]),
      r,
      Buffer.alloc(0),
      der(r, s),
    ]) {
      assert.equal(outcomeText(verify({ ...rest, signature: changed })), 'integrity SIGNATURE_INVALID');
    }
    assert.equal(outcomeText(verify({ ...rest, signature: Buffer.alloc(64) })), 'integrity SIGNATURE_INVALID');
  });

  test('a critical attribute that is not known is refused', () => {
    const protectedHeader = { crit: [SCHEME, 'x'], x: 1 };
    assert.equal(outcomeText(verify(jws({ protectedHeader }))), 'integrity CRITICAL_ATTRIBUTE_UNKNOWN');
    const labels = new Map<number | string, number | string[]>([
      [2, [SCHEME, 'x']],
      ['x', 1],
    ]);
    assert.equal(outcomeText(verify(cose({}, labels))), 'integrity CRITICAL_ATTRIBUTE_UNKNOWN');
  });

  test('a plugin that is asked for is named, critical or not', () => {
    const protectedHeader = { [`${PREFIX}verificationPlugin`]: 'com.example.kms' };
    const outcome = verify(jws({ protectedHeader }));
    assert.equal(outcomeText(outcome), 'integrity PLUGIN_NEEDED');
    assert.match(reasonOf(outcome, 'integrity'), /com\.example\.kms/);
  });

  const chains: readonly (readonly [string, readonly Buffer[], string])[] = [
    ['without its root', [LEAF.certificate], 'integrity CHAIN_INVALID'],
    ['in another order', [LEAF.certificate, OTHER_ROOT.certificate, ROOT.certificate], 'integrity CHAIN_INVALID'],
    ['with its root twice', [...LEAF.chain, ROOT.certificate], 'integrity CHAIN_INVALID'],
    ['with another root behind', [...LEAF.chain, OTHER_ROOT.certificate], 'integrity CHAIN_INVALID'],
    ['that begins with its root', [ROOT.certificate, LEAF.certificate], 'integrity SIGNATURE_INVALID'],
    [
      "that begins with somebody else's leaf",
      [leaf({ name: 'leaf' }).certificate, ROOT.certificate],
      'integrity SIGNATURE_INVALID',
    ],
    ['of bytes', [Buffer.from('certificate')], 'integrity DER_INVALID'],
    ['of nothing', [], 'integrity SIGNATURE_INVALID'],
  ];
  for (const [what, certificates, expected] of chains) {
    test(`a chain ${what}: ${expected}`, () => {
      assert.equal(outcomeText(verify({ ...jws({}), certificates })), expected);
    });
  }

  test('a leaf that a leaf issued is refused', () => {
    const signer = certify({ name: 'below', kind: 'leaf', issuer: LEAF });
    assert.equal(outcomeText(verify(jws({ signer }))), 'integrity CHAIN_INVALID');
  });

  test('an authority does not sign images', () => {
    const signer = certify({ name: 'intermediate', kind: 'intermediate', issuer: ROOT });
    assert.equal(outcomeText(verify(jws({ signer }))), 'integrity CHAIN_INVALID');
  });

  test('nothing else is looked at where integrity fails, and no rule makes it less', () => {
    const rules = {
      ...OPTIONS.rules,
      authenticity: 'log',
      authenticTimestamp: 'log',
      expiry: 'log',
      revocation: 'log',
    } as const;
    const outcome = verifyNotary({ ...jws({}), signedBytes: Buffer.from('other') }, STORES, { ...OPTIONS, rules });
    assert.equal(outcome.accepted, false);
    assert.equal(outcome.verified, null);
    assert.deepEqual(
      outcome.checks.map(({ check, action, outcome: { kind } }) => [check, action, kind]),
      [
        ['integrity', 'enforce', 'failed'],
        ['authenticity', 'log', 'skipped'],
        ['authenticTimestamp', 'log', 'skipped'],
        ['expiry', 'log', 'skipped'],
        ['revocation', 'log', 'skipped'],
      ],
    );
  });

  test('no change to an envelope is accepted that changes what was signed', () => {
    const envelopes = [
      [Buffer.from(JSON.stringify(signJws({ signer: LEAF, payload: PAYLOAD }))), readJws],
      [signCose({ signer: LEAF, payload: PAYLOAD }), readCose],
    ] as const;
    for (const [bytes, read] of envelopes) {
      const original = read(bytes, 'envelope');
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ change;
          const envelope = readOrNull(() => read(changed, 'envelope'));
          if (envelope !== null && verify(envelope.signature).accepted) {
            assert.deepEqual(Buffer.from(envelope.signature.signedBytes), Buffer.from(original.signature.signedBytes));
            assert.deepEqual(Buffer.from(envelope.payload), Buffer.from(original.payload));
          }
        }),
        { numRuns: 150 },
      );
    }
  });
});

describe('verification of the Notary Project: authenticity', () => {
  const authority = {
    [SCHEME]: 'notary.x509.signingAuthority',
    [`${PREFIX}signingTime`]: undefined,
    [`${PREFIX}authenticSigningTime`]: '2024-05-06T07:08:09Z',
    crit: [SCHEME, `${PREFIX}authenticSigningTime`],
  };
  const schemes = [
    ['notary.x509', {}, 'ca'],
    ['notary.x509.signingAuthority', authority, 'signingAuthority'],
  ] as const;
  for (const [scheme, protectedHeader, needed] of schemes) {
    test(`${scheme} needs a store of type ${needed}`, () => {
      for (const type of ['ca', 'signingAuthority', 'tsa'] as const) {
        const rules = { ...OPTIONS.rules, verifyTimestamp: 'afterCertExpiry' as const };
        const outcome = verifyNotary(jws({ protectedHeader }), notaryStores([store(type, ROOT)]), {
          ...OPTIONS,
          rules,
        });
        assert.equal(outcomeText(outcome), type === needed ? 'accepted' : 'authenticity SIGNER_UNTRUSTED');
      }
    });
  }

  test('the time of a signing authority is verified time, and the certificates have to be valid then', () => {
    const stores = notaryStores([store('signingAuthority', ROOT)]);
    const outcome = verifyNotary(jws({ protectedHeader: authority }), stores, OPTIONS);
    const time = Date.parse('2024-05-06T07:08:09Z');
    assert.deepEqual(outcome.verified?.times, [
      { source: 'signing-authority', time, authority: 'CN=leaf,O=Plimsoll,ST=WA,C=US' },
    ]);
    const early = leaf({ name: 'early', notAfter: '20240506070808Z' });
    const refused = verifyNotary(jws({ signer: early, protectedHeader: authority }), stores, OPTIONS);
    assert.equal(outcomeText(refused), 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY');
    const expired = leaf({ name: 'expired', notAfter: '20240506070809Z' });
    assert.equal(
      outcomeText(verifyNotary(jws({ signer: expired, protectedHeader: authority }), stores, OPTIONS)),
      'accepted',
    );
  });

  test('the time that a signer claims is not verified time', () => {
    assert.deepEqual(verify(jws({})).verified?.times, []);
    const expired = leaf({ name: 'expired', notAfter: '20240515000000Z' });
    assert.equal(outcomeText(verify(jws({ signer: expired }))), 'authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY');
  });

  test("a root of the same name is not the store's root", () => {
    const impostor = certify({ name: 'root', kind: 'root', issuer: null });
    const signer = certify({ name: 'leaf', kind: 'leaf', issuer: impostor });
    assert.equal(outcomeText(verify(jws({ signer }))), 'authenticity SIGNER_UNTRUSTED');
  });

  test('a store may hold an intermediate, which vouches for what it issued and nothing else', () => {
    const intermediate = certify({ name: 'intermediate', kind: 'intermediate', issuer: ROOT });
    const signer = certify({ name: 'leaf', kind: 'leaf', issuer: intermediate });
    const stores = notaryStores([store('ca', intermediate)]);
    assert.equal(outcomeText(verifyNotary(jws({ signer }), stores, OPTIONS)), 'accepted');
    assert.equal(outcomeText(verifyNotary(jws({}), stores, OPTIONS)), 'authenticity SIGNER_UNTRUSTED');
  });

  test('no store at all trusts nobody', () => {
    assert.equal(outcomeText(verifyNotary(jws({}), notaryStores([]), OPTIONS)), 'authenticity SIGNER_UNTRUSTED');
  });

  const identities: readonly (readonly [string, string])[] = [
    ['C=US, ST=WA, O=Plimsoll', 'accepted'],
    ['O=Plimsoll, S=WA, C=US', 'accepted'],
    ['C=US, ST=WA, O=Plimsoll, CN=leaf', 'accepted'],
    ['C=US, ST=WA, O=Plimsoll, CN=lea', 'authenticity SIGNER_UNTRUSTED'],
    ['C=US, ST=WA, O=plimsoll', 'authenticity SIGNER_UNTRUSTED'],
    ['C=US, ST=WA, O=Plimsoll, OU=Signing', 'authenticity SIGNER_UNTRUSTED'],
    ['C=US, ST=WA, O=Plimsoll, CN=root', 'authenticity SIGNER_UNTRUSTED'],
  ];
  for (const [identity, expected] of identities) {
    test(`the identity ${identity}: ${expected}`, () => {
      const options = { ...OPTIONS, identities: [parseIdentity(identity, 'identity')] };
      assert.equal(outcomeText(verifyNotary(jws({}), STORES, options)), expected);
    });
  }

  test('one identity of several is enough, none is too few', () => {
    const fits = parseIdentity('C=US, ST=WA, O=Plimsoll', 'identity');
    const other = parseIdentity('C=US, ST=WA, O=Other', 'identity');
    assert.equal(outcomeText(verifyNotary(jws({}), STORES, { ...OPTIONS, identities: [other, fits] })), 'accepted');
    const none = verifyNotary(jws({}), STORES, { ...OPTIONS, identities: [] });
    assert.equal(outcomeText(none), 'authenticity SIGNER_UNTRUSTED');
    assert.match(reasonOf(none, 'authenticity'), /none is configured/);
  });
});

function leaf(request: Omit<CertificateRequest, 'kind' | 'issuer'>): Signer {
  return certify({ ...request, kind: 'leaf', issuer: ROOT });
}

function store(type: 'ca' | 'signingAuthority' | 'tsa', { certificate }: Signer): ReturnType<typeof notaryStore> {
  return notaryStore(type, 'store', [{ name: 'certificate', bytes: certificate }]);
}

function jws(request: Partial<EnvelopeRequest>): NotarySignature {
  return readJws(Buffer.from(JSON.stringify(signJws({ signer: LEAF, payload: PAYLOAD, ...request }))), 'envelope')
    .signature;
}

function cose(
  request: Omit<Partial<EnvelopeRequest>, 'protectedHeader' | 'header'>,
  protectedHeader: NonNullable<Parameters<typeof signCose>[0]['protectedHeader']> = new Map(),
): NotarySignature {
  return readCose(signCose({ signer: LEAF, payload: PAYLOAD, ...request, protectedHeader }), 'envelope').signature;
}

function verify(signature: NotarySignature): NotaryOutcome {
  return verifyNotary(signature, STORES, OPTIONS);
}

function reasonOf({ checks }: NotaryOutcome, name: NotaryCheckName): string {
  const outcome = checks.find(({ check }) => check === name)?.outcome;
  return outcome?.kind === 'failed' ? outcome.reason : '';
}

function readOrNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return null;
  }
}

/** An ECDSA signature as X.509 has it. */
function der(r: Buffer, s: Buffer): Buffer {
  const integers = [r, s].map((value) => Buffer.concat([Buffer.from([0x02, 33, 0]), value]));
  return Buffer.concat([Buffer.from([0x30, 70]), ...integers]);
}
