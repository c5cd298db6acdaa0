import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { startAnswering } from '../fixtures/answering-server.ts';
import { type Moto, startMoto } from '../fixtures/moto.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { missing } from '../prerequisites.ts';

evidence('trust/key-aws-kms', 'real tool', 'sign into a layout with keys in moto, verified under their public halves');

const SESSION = 'planted-session-token-81c6';
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sign-kms-'));
const home = temporaryHome();
const at = (name: string): string => join(folder, name);
after(() => {
  home.remove();
  rmSync(folder, { recursive: true });
});
before(async () => await writeImages(at('single'), at('multiple')));

function layout(): string {
  const copy = mkdtempSync(at('layout-'));
  cpSync(at('single'), copy, { recursive: true });
  return copy;
}

/** Every file below a folder, with what is in it. */
function contents(path: string): ReadonlyMap<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'hex')]),
  );
}

describe('plimsoll sign with a key of AWS KMS', { skip: missing('python') }, () => {
  let moto: Moto;
  before(async () => {
    moto = await startMoto();
  });
  after(async () => await moto.stop());

  async function plimsoll(...args: readonly string[]): Promise<Outcome> {
    return await home.plimsoll(args, { ...moto.environment, AWS_SESSION_TOKEN: SESSION });
  }

  /** The reference of a new key, and a file with its public half as `key show` gives it. */
  async function newKey(spec: string, alias: string): Promise<{ readonly key: string; readonly publicKey: string }> {
    await moto.kms('CreateAlias', { AliasName: `alias/${alias}`, TargetKeyId: await moto.createKey(spec) });
    const key = `awskms://${moto.host}/alias/${alias}`;
    const { code, out, err } = await plimsoll('key', 'show', key, '-o', 'json');
    assert.equal(code, 0, err);
    const path = at(`${alias}.pub`);
    writeFileSync(path, (JSON.parse(out) as { readonly publicPem: string }).publicPem);
    return { key, publicKey: path };
  }

  for (const [spec, format] of [
    ['ECC_NIST_P256', 'bundle'],
    ['ECC_NIST_P384', 'cosign-legacy'],
    ['RSA_2048', 'bundle'],
  ] as const) {
    it(`${format} by ${spec} verifies, and is refused under another key`, async () => {
      const { key, publicKey } = await newKey(spec, spec);
      const reference = `oci:${layout()}:1.0`;
      const signed = await plimsoll('sign', reference, '--key', key, '--format', format, '--debug');
      assert.equal(signed.code, 0, signed.err);
      assert.ok(!`${signed.out}${signed.err}`.includes(SESSION));
      const accepted = await plimsoll('verify', reference, '--key', publicKey);
      assert.equal(accepted.code, 0, accepted.out + accepted.err);
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
      writeFileSync(at('other.pub'), other.export({ format: 'pem', type: 'spki' }));
      assert.equal((await plimsoll('verify', reference, '--key', at('other.pub'))).code, 1);
    });
  }

  it('leaves the layout as it was when the service refuses, and when it signs with another key', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
    const opened = {
      KeyId: ID,
      KeyUsage: 'SIGN_VERIFY',
      KeySpec: 'ECC_NIST_P256',
      PublicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      SigningAlgorithms: ['ECDSA_SHA_256'],
    };
    const throttled = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } };
    const wrong = {
      KeyId: ID,
      SigningAlgorithm: 'ECDSA_SHA_256',
      Signature: Buffer.from('30060201010201ff', 'hex').toString('base64'),
    };
    const expired = { status: 400, body: { __type: 'ExpiredTokenException', message: 'The token is expired' } };
    for (const [answer, expected] of [
      [expired, /does not allow it.*The token is expired[^]*get new ones/],
      [throttled, /asked too often.*Rate exceeded/],
      [{ body: wrong }, /signature/],
    ] as const) {
      const server = await startAnswering(({ headers }) =>
        headers['x-amz-target'] === 'TrentService.Sign' ? answer : { body: opened },
      );
      const path = layout();
      const before = contents(path);
      const key = `awskms://${new URL(server.url).host}/${ID}`;
      const { code, out, err } = await plimsoll('sign', `oci:${path}:1.0`, '--key', key, '--debug');
      await server.close();
      assert.equal(code, 3, out + err);
      assert.match(err, expected);
      assert.ok(!`${out}${err}`.includes(SESSION));
      assert.deepEqual(contents(path), before);
    }
  });
});
