import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EvidenceReport } from '#model/evidence.ts';
import { type OpenBao, startOpenBao } from '../fixtures/openbao.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { missing } from '../prerequisites.ts';

describe('signing with keys in Vault', { skip: missing('python', 'linux-x64') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-vault-'));
  const home = temporaryHome();
  const at = (name: string): string => join(folder, name);
  /** Everything that any run of this file said, to look for the token in. */
  const said: string[] = [];
  let bao: OpenBao;

  before(async () => {
    bao = await startOpenBao();
    await writeImages(at('single'), at('multiple'));
  });
  after(async () => {
    await bao.stop();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function plimsoll(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const outcome = await home.plimsoll([...args, '--debug'], { ...bao.environment, ...more });
    said.push(outcome.out, outcome.err);
    return outcome;
  }

  /** The public half as `key show` gives it, in a file. */
  async function publicKeyOf(reference: string, name: string): Promise<string> {
    const { code, out, err } = await plimsoll(['key', 'show', reference, '-o', 'json']);
    assert.equal(code, 0, err);
    writeFileSync(at(name), (JSON.parse(out) as { readonly publicPem: string }).publicPem);
    return at(name);
  }

  function layout(): string {
    const copy = mkdtempSync(at('layout-'));
    cpSync(at('single'), copy, { recursive: true });
    return `oci:${copy}:1.0`;
  }

  for (const [type, format] of [
    ['ecdsa-p256', 'bundle'],
    ['ecdsa-p256', 'cosign-legacy'],
    ['ecdsa-p384', 'bundle'],
    ['rsa-3072', 'cosign-legacy'],
    ['ed25519', 'bundle'],
  ] as const) {
    it(`${type}, ${format}: the signature verifies under the key that key show gives`, async () => {
      const key = `hashivault://${type}-${format}`;
      await bao.ask('POST', `transit/keys/${type}-${format}`, { type });
      const reference = layout();
      const signed = await plimsoll(['sign', reference, '--key', key, '--format', format]);
      assert.equal(signed.code, 0, signed.err);
      const right = await publicKeyOf(key, `${type}-${format}.pub`);
      const accepted = await plimsoll(['verify', reference, '--key', right]);
      assert.equal(accepted.code, 0, accepted.out + accepted.err);
      await bao.ask('POST', `transit/keys/${type}-${format}/rotate`, {});
      const wrong = await publicKeyOf(key, `${type}-${format}.new.pub`);
      assert.equal((await plimsoll(['verify', reference, '--key', wrong])).code, 1);
      const again = await plimsoll(['sign', reference, '--key', key, '--format', format]);
      assert.equal(again.code, 0, again.err);
      for (const both of [right, wrong]) {
        assert.equal((await plimsoll(['verify', reference, '--key', both])).code, 0);
      }
    });
  }

  it('a statement, signed by the older version of a key', async () => {
    await bao.ask('POST', 'transit/keys/older', { type: 'ecdsa-p256' });
    await bao.ask('POST', 'transit/keys/older/rotate', {});
    const old = 'hashivault://older/versions/1';
    const reference = layout();
    writeFileSync(at('bom.json'), '{"bomFormat":"CycloneDX","specVersion":"1.6"}');
    const told = ['--key', old, '--predicate', at('bom.json'), '--type', 'cyclonedx'];
    const signed = await plimsoll(['attest', reference, ...told]);
    assert.equal(signed.code, 0, signed.err);
    for (const [key, trusted] of [
      [old, true],
      ['hashivault://older', false],
    ] as const) {
      const file = await publicKeyOf(key, 'older.pub');
      const { out } = await plimsoll(['evidence', reference, '--key', file, '-o', 'json']);
      const [item] = (JSON.parse(out) as EvidenceReport).evidence;
      assert.deepEqual([item?.predicateType, item?.trusted], ['https://cyclonedx.org/bom', trusted]);
    }
  });

  for (const [name, key, more, code, says] of [
    ['no such key', 'hashivault://nowhere', {}, 3, /nowhere: the service has no such key: found 404/],
    ['no address', 'hashivault://key', { VAULT_ADDR: '' }, 3, /VAULT_ADDR/],
    ['a wrong token', 'hashivault://key', { VAULT_TOKEN: 'hvs.wrong' }, 3, /"permission denied"/],
    ['an unknown authority', 'hashivault://key', { VAULT_CACERT: '' }, 3, /certificate/],
    ['another path', 'hashivault://../sys/seal', {}, 2, /not the name of a key/],
  ] as const) {
    it(`exits with ${code}: ${name}`, async () => {
      const outcome = await plimsoll(['sign', layout(), '--key', key], more);
      assert.equal(outcome.code, code, outcome.err);
      assert.match(outcome.err, says);
    });
  }

  it('no run has said the token', () => {
    assert.ok(said.length > 50);
    for (const text of said) {
      assert.ok(!text.includes(bao.environment['VAULT_TOKEN'] ?? '') && !text.includes('hvs.wrong'), text);
    }
  });
});
