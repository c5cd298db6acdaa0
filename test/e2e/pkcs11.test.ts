import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { SigningReport } from '#model/signing-report.ts';
import { certify } from '../fixtures/notary-signer.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { keyPair } from '../fixtures/signing-key.ts';
import { makeSoftToken, type SoftToken } from '../fixtures/softhsm.ts';
import { missing } from '../prerequisites.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-pkcs11-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string): string => join(folder, name);

describe('plimsoll with a key in SoftHSM', { skip: missing('softhsm') }, () => {
  let token: SoftToken;
  /** Everything that any run said, to look for the PIN in. */
  const said: string[] = [];
  before(async () => {
    token = await makeSoftToken();
    await writeImages(at('single'), at('multiple'));
    // All with one id: their public halves are told apart by kind and label.
    for (const [label, type] of [
      ['p256', 'EC:prime256v1'],
      ['rsa', 'rsa:3072'],
      ['ed25519', 'EC:edwards25519'],
      ['another', 'EC:prime256v1'],
    ] as const) {
      await token.tool('--keypairgen', '--key-type', type, '--label', label, '--id', '01');
    }
    writeFileSync(at('pin'), `${token.pin}\n`);
  });
  after(() => token.remove());

  async function plimsoll(...args: readonly string[]): Promise<Outcome> {
    const outcome = await home.plimsoll([...args, '--debug'], { ...token.environment });
    said.push(outcome.out, outcome.err);
    return outcome;
  }

  const uri = (label: string, query = `&pin-source=file:${at('pin')}`): string =>
    `pkcs11:token=plimsoll%20test;object=${label}?module-path=${token.module}${query}`;

  function layout(image: 'single' | 'multiple'): string {
    const copy = mkdtempSync(at('layout-'));
    cpSync(at(image), copy, { recursive: true });
    return `oci:${copy}:1.0`;
  }

  for (const [label, algorithm] of [
    ['p256', 'ecdsa-p256'],
    ['rsa', 'rsa-3072'],
    ['ed25519', 'ed25519'],
  ] as const) {
    it(`signs index and platforms by ${algorithm}; what key show writes verifies them`, async () => {
      const shown = await plimsoll('key', 'show', uri(label), '-o', 'json');
      assert.equal(shown.code, 0, shown.err);
      const description = JSON.parse(shown.out) as Record<'algorithm' | 'name' | 'publicPem', string>;
      assert.equal(description.algorithm, algorithm);
      assert.equal(description.name, `pkcs11:token=plimsoll%20test;object=${label}`);
      writeFileSync(at(`${label}.pub`), description.publicPem);
      const reference = layout('multiple');
      for (const format of ['bundle', 'cosign-legacy']) {
        const told = ['--key', uri(label), '--on', 'both', '--format', format, '-o', 'json'];
        const signed = await plimsoll('sign', reference, ...told);
        assert.equal(signed.code, 0, signed.err);
        const report = JSON.parse(signed.out) as SigningReport;
        assert.equal(report.attached.length, 3);
        assert.equal(report.by.name, description.name);
      }
      const verified = await plimsoll('verify', reference, '--platform', 'all', '--key', at(`${label}.pub`));
      assert.equal(verified.code, 0, verified.out + verified.err);
    });
  }

  it('signs for the Notary Project, by a key with certificates', async () => {
    const pair = keyPair('p256');
    const { chain } = certify({
      name: 'leaf',
      kind: 'leaf',
      key: pair,
      issuer: certify({ name: 'root', kind: 'root', issuer: null }),
    });
    await token.importKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'leaf', '07');
    const pem = (der: Buffer): string =>
      `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
    writeFileSync(at('chain.pem'), chain.map(pem).join(''));
    for (const format of ['notation-jws', 'notation-cose']) {
      const told = ['--key', uri('leaf'), '--certificate-chain', at('chain.pem'), '--format', format];
      const { code, err } = await plimsoll('sign', layout('single'), ...told);
      assert.equal(code, 0, err);
    }
  });

  it('warns of a PIN in the URI, and takes one from --passphrase-file', async () => {
    const warned = await plimsoll('sign', layout('single'), '--key', uri('p256', `&pin-value=${token.pin}`));
    assert.equal(warned.code, 0, warned.err);
    assert.match(warned.err, /the PIN is in the URI/);
    const given = await plimsoll('sign', layout('single'), '--key', uri('p256', ''), '--passphrase-file', at('pin'));
    assert.equal(given.code, 0, given.err);
  });

  for (const [what, code, key, says] of [
    ['a URI that is none', 2, () => `${uri('p256')};x`, /not a PKCS #11 URI/],
    ['a module that is none', 3, () => 'pkcs11:object=p256?module-path=/etc/hosts', /module cannot be used/],
    ['a key that is not there', 3, () => uri('nobody'), /not one private key on the token: .* found none/],
    ['a wrong PIN', 3, () => uri('p256', '&pin-value=planted-wrong-pin'), /CKR_PIN_INCORRECT from C_Login/],
  ] as const) {
    it(`attaches nothing after ${what}`, async () => {
      const reference = layout('single');
      const files = (): readonly string[] =>
        readdirSync(reference.slice('oci:'.length, -':1.0'.length), { recursive: true }).map(String);
      const earlier = files();
      const outcome = await plimsoll('sign', reference, '--key', key());
      assert.equal(outcome.code, code, outcome.err);
      assert.match(outcome.err, says);
      assert.deepEqual(files(), earlier);
    });
  }

  it('says no PIN in anything, with --debug and in errors', () => {
    assert.ok(said.length > 30);
    assert.doesNotMatch(said.join('\n'), /planted-(wrong-)?pin/);
  });
});
