import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { OpensslAuthority } from '#test/fixtures/openssl-authority.ts';
import { data, missing } from '#test/prerequisites.ts';
import { parsePemBlocks } from '../../encoding/pem.ts';
import type { Certificate } from '../certificate.ts';
import { parseCertificateFile } from '../certificate-file.ts';
import { checkRevocation, type RevocationStatus } from './check.ts';
import { type Crl, parseCrl } from './crl.ts';
import { type OcspResponse, parseOcspResponse } from './ocsp.ts';
import { revocationSources } from './sources.ts';

evidence('trust/revocation', 'published', "lists and certificates of the Notary Project's samples");
evidence('trust/revocation', 'real tool', 'lists and OCSP responses of openssl');

describe('published revocation lists', { skip: missing('shared-data') }, () => {
  const now = Date.UTC(2025, 0, 1);
  const read = (name: string): Buffer => readFileSync(data(`spec/notation/${name}`));
  const certificate = (name: string): Certificate => parseCertificateFile(read(name), name)[0] ?? assert.fail();
  const listOf = (name: string): Crl => {
    const bytes = read(name);
    return parseCrl(bytes[0] === 0x30 ? bytes : (parsePemBlocks(bytes.toString(), 'X509 CRL', name)[0] ?? bytes), name);
  };

  it('say of a leaf that it is good, or revoked and when', () => {
    const chain = parseCertificateFile(read('e2e-crl/certchain_with_crl.pem'), 'chain');
    const ask = (name: string, at = now): readonly RevocationStatus[] =>
      checkRevocation(chain, { crls: [listOf(name)], ocspResponses: [], now: at });
    assert.deepEqual(ask('e2e-crl/leaf.crl')[0], { kind: 'good', source: 'crl' });
    const revoked = { kind: 'revoked', source: 'crl', at: Date.UTC(2024, 10, 11, 5, 30, 52), reason: 'unspecified' };
    assert.deepEqual(ask('e2e-crl/leaf_revoked.crl')[0], revoked);
    assert.deepEqual(
      ask('e2e-crl/leaf.crl').map(({ kind }) => kind),
      ['good', 'unknown', 'anchor'],
    );
    assert.equal(ask('e2e-crl/leaf.crl', Date.UTC(2024, 0, 1))[0]?.kind, 'unknown');
    assert.equal(ask('e2e-crl/leaf.crl', Date.UTC(2125, 0, 1))[0]?.kind, 'unknown');
  });

  it('and certificates say where deltas are', () => {
    assert.deepEqual(revocationSources(certificate('crl/certificateWith2DeltaCRL.cer')).deltaCrls.length, 1);
    for (const name of ['certificateWithNonURIDeltaCRL.cer', 'certificateWithIncompleteFreshestCRL.cer']) {
      assert.throws(() => revocationSources(certificate(`crl/${name}`)), { code: 'CERTIFICATE_INVALID' });
    }
    const list = listOf('crl/crlWithMultipleFreshestCRLs.crl');
    assert.deepEqual([list.hasDeltas, list.deltaUrls.length], [true, 2]);
  });
});

describe('revocation by openssl', { skip: missing('openssl') }, () => {
  const CA = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  const POINT =
    'crlDistributionPoints=URI:http://crl.example/1.crl,URI:ldap://crl.example/x,URI:http://user:word@crl.example/';
  const ACCESS =
    'authorityInfoAccess=OCSP;URI:http://ocsp.example/,OCSP;URI:https://ocsp.example/,caIssuers;URI:http://ca.example/';
  const lists = new Map<string, Buffer>();
  const responses = new Map<string, Buffer>();
  let openssl: OpensslAuthority;

  before(() => {
    openssl = new OpensslAuthority();
    openssl.makeRoot('root', CA.slice(1));
    openssl.makeRoot('stranger', CA.slice(1));
    openssl.makeRoot('namesake', CA.slice(1));
    openssl.run(
      'req',
      '-x509',
      '-new',
      '-key',
      'namesake.key',
      '-subj',
      '/CN=root',
      '-days',
      '9',
      '-out',
      'namesake.crt',
    );
    openssl.issue('good', 'root', [POINT, ACCESS]);
    openssl.issue('silent', 'root', []);
    openssl.issue('stolen', 'root', [POINT]);
    openssl.issue('held', 'root', [POINT]);
    openssl.issue('middle', 'root', CA);
    openssl.issue('fresh', 'root', ['freshestCRL=URI:http://crl.example/delta.crl', POINT]);
    openssl.issue('responder', 'root', ['extendedKeyUsage=OCSPSigning']);
    openssl.issue('pretender', 'root', ['extendedKeyUsage=codeSigning']);
    const list = (name: string, section: string, issuer = 'root', ...further: readonly string[]): void => {
      lists.set(name, openssl.list(issuer, section, ...further));
    };
    list('empty', 'crl');
    list('empty, with deltas', 'crl_freshest');
    openssl.revoke('held', 'root', 'certificateHold');
    list('held', 'crl');
    openssl.revoke('stolen', 'root', 'keyCompromise');
    list('all', 'crl');
    list('partition', 'crl_partition');
    list('users', 'crl_users');
    list('delta', 'crl_delta');
    list('old', 'crl', 'root', '-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20200201000000Z');
    list('of a namesake', 'crl', 'namesake');
    list('of a stranger', 'crl', 'stranger');
    list('SHA-1', 'crl', 'root', '-md', 'sha1');
    for (const name of ['good', 'stolen']) {
      responses.set(`${name} by root`, openssl.respond(name, 'root', 'root'));
      responses.set(`${name} by responder`, openssl.respond(name, 'root', 'responder'));
      responses.set(`${name} by key`, openssl.respond(name, 'root', 'responder', '-resp_key_id'));
      responses.set(`${name} by pretender`, openssl.respond(name, 'root', 'pretender'));
      responses.set(`${name} by stranger`, openssl.respond(name, 'root', 'stranger'));
      responses.set(`${name} by SHA-1`, openssl.respond(name, 'root', 'root', '-rmd', 'sha1'));
    }
    openssl.write('index.txt', '');
    responses.set('good unknown', openssl.respond('good', 'root', 'root'));
  });
  after(() => openssl.close());

  const certificate = (name: string): Certificate =>
    parseCertificateFile(openssl.read(`${name}.crt`), name)[0] ?? assert.fail();
  const crl = (name: string): Crl => parseCrl(lists.get(name) ?? assert.fail(name), name);
  const response = (name: string): OcspResponse => parseOcspResponse(responses.get(name) ?? assert.fail(name), name);

  interface Ask {
    readonly crls?: readonly string[];
    readonly ocsp?: readonly string[];
    /** Milliseconds behind the issue of the newest certificate. */
    readonly later?: number;
  }
  function ask(name: string, { crls = [], ocsp = [], later = 60_000 }: Ask): RevocationStatus {
    const path = [certificate(name), certificate('root')];
    const now = certificate('pretender').notBefore + later;
    const evidenceAtHand = { crls: crls.map(crl), ocspResponses: ocsp.map(response), now };
    return checkRevocation(path, evidenceAtHand)[0] ?? assert.fail();
  }

  const DAY = 24 * 3600 * 1000;
  const cases: readonly (readonly [certificate: string, expected: string, ask: Ask])[] = [
    ['good', 'good', { crls: ['all'] }],
    ['stolen', 'revoked keyCompromise', { crls: ['all'] }],
    ['held', 'revoked certificateHold', { crls: ['held'] }],
    ['stolen', 'good', { crls: ['empty'] }],
    ['stolen', 'revoked keyCompromise', { crls: ['empty', 'all'] }],
    ['stolen', 'revoked keyCompromise', { crls: ['empty', 'delta'] }],
    ['stolen', 'unknown', { crls: ['empty, with deltas'] }],
    ['good', 'unknown', { crls: ['empty, with deltas'] }],
    ['fresh', 'unknown', { crls: ['empty'] }],
    ['fresh', 'good', { crls: ['empty', 'delta'] }],
    ['good', 'unknown', { crls: ['delta'] }],
    ['good', 'good', { crls: ['partition'] }],
    ['stolen', 'revoked keyCompromise', { crls: ['partition'] }],
    ['silent', 'unknown', { crls: ['partition'] }],
    ['good', 'good', { crls: ['users'] }],
    ['middle', 'unknown', { crls: ['users'] }],
    ['good', 'unknown', { crls: ['old'] }],
    ['good', 'unknown', { crls: ['all'], later: 8 * DAY }],
    ['good', 'unknown', { crls: ['all'], later: -DAY }],
    ['good', 'unknown', { crls: ['of a namesake'] }],
    ['stolen', 'unknown', { crls: ['of a namesake'] }],
    ['good', 'unknown', { crls: ['of a stranger'] }],
    ['good', 'unknown', { crls: ['SHA-1'] }],
    ['good', 'unknown', {}],
    ['silent', 'not-published', {}],
    ['silent', 'not-published', { crls: ['of a stranger'] }],
    ['silent', 'good', { crls: ['all'] }],
    ...['root', 'responder', 'key'].flatMap(
      (by) =>
        [
          ['good', 'good', { ocsp: [`good by ${by}`] }],
          ['stolen', 'revoked keyCompromise', { ocsp: [`stolen by ${by}`] }],
        ] as const,
    ),
    ...['pretender', 'stranger', 'SHA-1'].map((by) => ['good', 'unknown', { ocsp: [`good by ${by}`] }] as const),
    ['good', 'unknown', { ocsp: ['good unknown'] }],
    ['good', 'unknown', { ocsp: ['stolen by root'] }],
    ['stolen', 'unknown', { ocsp: ['good by root'] }],
    ['good', 'unknown', { ocsp: ['good by root'], later: 2 * DAY }],
    ['good', 'unknown', { ocsp: ['good by root'], later: -DAY }],
    ['stolen', 'revoked keyCompromise', { crls: ['empty'], ocsp: ['stolen by root'] }],
    ['stolen', 'revoked keyCompromise', { crls: ['all'], ocsp: ['good by root'] }],
    ['good', 'good', { crls: ['all'], ocsp: ['good by stranger'] }],
  ];
  for (const [name, expected, question] of cases) {
    const { later = 0 } = question;
    const at = later === 0 ? '' : ` after ${later / DAY} days`;
    const by = [...(question.crls ?? []), ...(question.ocsp ?? [])].map((text) => `"${text}"`).join(' and ');
    it(`of ${name} is ${expected} with ${by === '' ? 'nothing' : by}${at}`, () => {
      const status = ask(name, question);
      assert.equal(
        status.kind === 'revoked' ? `revoked ${status.reason}` : status.kind,
        expected,
        JSON.stringify(status),
      );
    });
  }

  it('is not asked of a trust anchor', () => {
    const evidenceAtHand = { crls: [crl('all')], ocspResponses: [], now: certificate('good').notBefore };
    assert.deepEqual(checkRevocation([certificate('root')], evidenceAtHand), [{ kind: 'anchor' }]);
  });

  it('is asked over plain HTTP without credentials only', () => {
    const sources = { ocsp: ['http://ocsp.example/'], crls: ['http://crl.example/1.crl'], deltaCrls: [], named: true };
    assert.deepEqual(revocationSources(certificate('good')), sources);
  });

  it('is refused in a response that is an error', () => {
    assert.throws(() => parseOcspResponse(Buffer.from('30030a0103', 'hex'), 'response'), {
      code: 'REVOCATION_INVALID',
      message: /found tryLater/,
    });
  });

  it('with any byte changed is refused, unknown, or exactly the same', () => {
    const documents = [...lists, ...responses];
    const change = fc.record({
      document: fc.nat(documents.length - 1),
      at: fc.nat(4096),
      flip: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ document, at, flip }) => {
        const [name = '', bytes = Buffer.alloc(0)] = documents[document] ?? [];
        const changed = Buffer.from(bytes);
        changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ flip;
        for (const subject of ['good', 'stolen']) {
          const path = [certificate(subject), certificate('root')];
          const judge = (der: Buffer): RevocationStatus =>
            judgeBy(path, lists.has(name), der, certificate('pretender').notBefore + 60_000);
          const status = judge(changed);
          if (status.kind !== 'unknown') {
            assert.deepEqual(status, judge(bytes));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function judgeBy(path: readonly Certificate[], isList: boolean, der: Buffer, now: number): RevocationStatus {
  try {
    const crls = isList ? [parseCrl(der, 'list')] : [];
    const ocspResponses = isList ? [] : [parseOcspResponse(der, 'response')];
    return checkRevocation(path, { crls, ocspResponses, now })[0] ?? assert.fail();
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return { kind: 'unknown', reason: error.message };
  }
}
