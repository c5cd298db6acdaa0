import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { data, missing } from '#test/prerequisites.ts';
import { readBundle } from '../formats/sigstore-bundle/bundle.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import type { Extension, GeneralName } from '../x509/extensions.ts';
import { signerOf } from './certificate-identity.ts';

const skip = missing('shared-data');
const FULCIO = '1.3.6.1.4.1.57264.1';

/** A certificate of GitHub Actions, with other extensions and names in it. */
function leaf(extensions: Readonly<Record<string, Uint8Array>>, names?: readonly GeneralName[]): Certificate {
  const path = 'spec/intoto/real/gha_go-v2.1.0-push-v14.2.intoto.jsonl';
  const [der] = readBundle(readFileSync(data(path)), 'bundle').signature.certificates;
  assert.ok(der !== undefined);
  const real = parseCertificate(der, 'leaf');
  const made = Object.entries(extensions).map(
    ([arc, value]): Extension => ({ oid: `${FULCIO}.${arc}`, critical: false, value, raw: value }),
  );
  return {
    ...real,
    publicKey: real.publicKey,
    extensions: new Map(made.map((extension) => [extension.oid, extension])),
    subjectAltNames: names ?? real.subjectAltNames,
  };
}

function utf8(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x0c, Buffer.byteLength(text)]), Buffer.from(text)]);
}

const ISSUER = { 8: utf8('https://issuer.example') };
const MAIL: GeneralName = { kind: 'email', value: 'a@voyage.example' };

describe('signerOf', { skip }, () => {
  test('takes the issuer in DER, and the older one where there is no other', () => {
    assert.equal(signerOf(leaf(ISSUER)).issuer, 'https://issuer.example');
    assert.equal(signerOf(leaf({ 1: Buffer.from('https://older.example') })).issuer, 'https://older.example');
    assert.equal(
      signerOf(leaf({ ...ISSUER, 1: Buffer.from('https://issuer.example') })).issuer,
      'https://issuer.example',
    );
  });

  test('two issuers that differ are refused', () => {
    const both = leaf({ ...ISSUER, 1: Buffer.from('https://accounts.google.com') });
    assert.throws(() => signerOf(both), { code: 'IDENTITY_UNCLEAR' });
  });

  test('mail addresses, URIs and user names of Fulcio are subjects', () => {
    for (const name of [
      MAIL,
      { kind: 'uri', value: 'spiffe://x' },
      { kind: 'other', type: `${FULCIO}.7`, value: 'me!x' },
    ] as const) {
      assert.equal(signerOf(leaf(ISSUER, [name])).subject, name.value);
    }
  });

  test('claims are read in DER, and the older ones as they are', () => {
    const { claims } = signerOf(leaf({ ...ISSUER, 12: utf8('https://git.example'), 2: Buffer.from('push') }));
    assert.deepEqual(Object.fromEntries(claims), {
      githubWorkflowTrigger: 'push',
      sourceRepositoryURI: 'https://git.example',
    });
  });

  const refused: readonly (readonly [string, () => Certificate, string])[] = [
    ['no issuer', () => leaf({}), 'IDENTITY_UNCLEAR'],
    ['an empty issuer', () => leaf({ 8: utf8('') }), 'IDENTITY_UNCLEAR'],
    ['an issuer without DER around it', () => leaf({ 8: Buffer.from('https://issuer.example') }), 'DER_INVALID'],
    ['an issuer of another type of text', () => leaf({ 8: Buffer.from([0x16, 1, 0x61]) }), 'DER_INVALID'],
    ['something behind the issuer', () => leaf({ 8: Buffer.concat([utf8('a'), utf8('b')]) }), 'DER_INVALID'],
    ['an older issuer that is not UTF-8', () => leaf({ 1: Buffer.from([0xff]) }), 'IDENTITY_UNCLEAR'],
    ['no name', () => leaf(ISSUER, []), 'IDENTITY_UNCLEAR'],
    ['two names', () => leaf(ISSUER, [MAIL, MAIL]), 'IDENTITY_UNCLEAR'],
    ['a host name', () => leaf(ISSUER, [{ kind: 'dns', value: 'x.example' }]), 'IDENTITY_UNCLEAR'],
    ['a name of another kind', () => leaf(ISSUER, [{ kind: 'other', type: '1.2.3', value: 'x' }]), 'IDENTITY_UNCLEAR'],
    ['an empty name', () => leaf(ISSUER, [{ kind: 'email', value: '' }]), 'IDENTITY_UNCLEAR'],
  ];
  for (const [name, certificate, code] of refused) {
    test(`refuses ${name}`, () => {
      assert.throws(() => signerOf(certificate()), { code });
    });
  }
});
