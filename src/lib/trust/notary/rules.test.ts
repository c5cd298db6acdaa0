import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { outcomeText } from '#test/fixtures/notary-outcome.ts';
import { certify, type EnvelopeRequest, revocationList, type Signer, signJws } from '#test/fixtures/notary-signer.ts';
import { data, missing } from '#test/prerequisites.ts';
import { readJws } from '../formats/notation/jws.ts';
import type { NotarySignature } from '../signed.ts';
import { parseCertificateFile } from '../x509/certificate-file.ts';
import { parseCrl } from '../x509/revocation/crl.ts';
import type { NotaryOutcome } from './outcome.ts';
import { assertNotRevoked } from './revocation.ts';
import { notaryStore, notaryStores } from './stores.ts';
import { type NotaryOptions, verifyNotary } from './verify.ts';

evidence(
  'trust/notary-revocation',
  'published',
  "the certificate chain and revocation lists of notation-go's end-to-end tests",
);

const PREFIX = 'io.cncf.notary.';
const SCHEME = `${PREFIX}signingScheme`;
const CRL_URL = 'http://crl.example/root.crl';
const ROOT = certify({ name: 'root', kind: 'root', issuer: null });
const OTHER_ROOT = certify({ name: 'other root', kind: 'root', issuer: null });
const LEAF = certify({ name: 'leaf', kind: 'leaf', issuer: ROOT });
const OPTIONS: NotaryOptions = {
  now: Date.parse('2024-06-01T00:00:00Z'),
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
const STORES = notaryStores([notaryStore('ca', 'store', [{ name: 'root', bytes: ROOT.certificate }])]);

describe('verification of the Notary Project: rules', () => {
  /** Wrong in every way but integrity: unknown root, certificate and signature expired, revocation unknown. */
  const unknown = certify({ name: 'unknown', kind: 'root', issuer: null });
  const signer = certify({ name: 'leaf', kind: 'leaf', issuer: unknown, notAfter: '20240515000000Z', crl: CRL_URL });
  const protectedHeader = { [`${PREFIX}expiry`]: '2024-05-20T00:00:00Z', crit: [SCHEME, `${PREFIX}expiry`] };
  const bad = jws({ signer, protectedHeader });
  const names = ['authenticity', 'authenticTimestamp', 'expiry', 'revocation'] as const;
  const logged = {
    ...OPTIONS.rules,
    authenticity: 'log',
    authenticTimestamp: 'log',
    expiry: 'log',
    revocation: 'log',
  } as const;

  test('strict refuses for each reason, and names them all', () => {
    assert.equal(
      outcomeText(verify(bad)),
      'authenticity SIGNER_UNTRUSTED, authenticTimestamp CERTIFICATE_OUTSIDE_VALIDITY, expiry SIGNATURE_EXPIRED, revocation REVOCATION_UNKNOWN',
    );
  });

  test('audit accepts, says what failed, and knows nobody', () => {
    const outcome = verifyNotary(bad, STORES, { ...OPTIONS, rules: logged });
    assert.equal(outcome.accepted, true);
    assert.equal(outcome.verified, null);
    assert.deepEqual(
      outcome.checks.map(({ check, action, outcome: { kind } }) => `${check} ${action} ${kind}`),
      ['integrity enforce passed', ...names.map((name) => `${name} log failed`)],
    );
  });

  for (const name of names) {
    test(`${name} alone, enforced, refuses`, () => {
      const rules = { ...logged, [name]: 'enforce' };
      assert.equal(verifyNotary(bad, STORES, { ...OPTIONS, rules }).accepted, false);
    });
  }

  test('revocation that is skipped is not looked at, and says so', () => {
    const outcome = verifyNotary(bad, STORES, { ...OPTIONS, rules: { ...logged, revocation: 'skip' } });
    assert.deepEqual(outcome.checks.at(-1), {
      check: 'revocation',
      action: 'skip',
      outcome: { kind: 'skipped', reason: 'the configuration says so' },
    });
  });

  test('a signature counts until it expires, and not at that instant', () => {
    const at = (expiry: string): string =>
      outcomeText(verify(jws({ protectedHeader: { ...protectedHeader, [`${PREFIX}expiry`]: expiry } })));
    assert.equal(at('2024-06-01T00:00:00Z'), 'expiry SIGNATURE_EXPIRED');
    assert.equal(at('2024-06-01T00:00:01Z'), 'accepted');
  });
});

describe('verification of the Notary Project: revocation', () => {
  const signer = certify({ name: 'leaf', kind: 'leaf', issuer: ROOT, crl: CRL_URL });
  const other = certify({ name: 'other', kind: 'leaf', issuer: ROOT, crl: CRL_URL });
  const list = (issuer: Signer, revoked: readonly Signer[], from = '20240501000000Z', to = '20240701000000Z') =>
    parseCrl(revocationList(issuer, revoked, from, to), 'list');
  const cases = [
    ['a list without it', [list(ROOT, [])], 'accepted'],
    ['a list with another', [list(ROOT, [other])], 'accepted'],
    ['a list with it', [list(ROOT, [signer])], 'revocation CERTIFICATE_REVOKED'],
    ['a list with it after one without', [list(ROOT, []), list(ROOT, [signer])], 'revocation CERTIFICATE_REVOKED'],
    ['no list', [], 'revocation REVOCATION_UNKNOWN'],
    ['a list of last month', [list(ROOT, [], '20240401000000Z', '20240501000000Z')], 'revocation REVOCATION_UNKNOWN'],
    ['a list of another authority', [list(OTHER_ROOT, [])], 'revocation REVOCATION_UNKNOWN'],
    [
      'a list that another authority signed',
      [list({ ...OTHER_ROOT, name: 'root' }, [])],
      'revocation REVOCATION_UNKNOWN',
    ],
  ] as const;
  for (const [what, crls, expected] of cases) {
    test(`with ${what}: ${expected}`, () => {
      const outcome = verifyNotary(jws({ signer }), STORES, { ...OPTIONS, crls });
      assert.equal(outcomeText(outcome), expected);
      assert.equal(outcome.validUntil, expected === 'accepted' ? Date.parse('2024-07-01T00:00:00Z') : null);
    });
  }

  test('the published chain is good by one of its lists and revoked by the other', {
    skip: missing('shared-data'),
  }, () => {
    const file = (name: string): Buffer => readFileSync(data(`spec/notation/e2e-crl/${name}`));
    const chain = parseCertificateFile(file('certchain_with_crl.pem'), 'chain').slice(0, 2);
    const check = (name: string): void =>
      assertNotRevoked(chain, { now: Date.parse('2024-12-01'), crls: [parseCrl(file(name), name)], ocspResponses: [] });
    check('leaf.crl');
    assert.throws(() => check('leaf_revoked.crl'), { code: 'CERTIFICATE_REVOKED', message: /2024-11-11T05:30:52/ });
  });
});

function jws(request: Partial<EnvelopeRequest>): NotarySignature {
  const envelope = signJws({ signer: LEAF, payload: '{"targetArtifact":{}}', ...request });
  return readJws(Buffer.from(JSON.stringify(envelope)), 'envelope').signature;
}

function verify(signature: NotarySignature): NotaryOutcome {
  return verifyNotary(signature, STORES, OPTIONS);
}
