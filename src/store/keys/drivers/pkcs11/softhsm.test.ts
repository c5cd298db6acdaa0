import assert from 'node:assert/strict';
import { constants, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { cpSync, globSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { evidence } from '#test/evidence.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { certify } from '#test/fixtures/notary-signer.ts';
import { makeSoftToken, type RemoteToken, type SoftToken, serveToken } from '#test/fixtures/softhsm.ts';
import { missing } from '#test/prerequisites.ts';
import type { KeyAccess } from '../../driver.ts';
import { openKey } from '../../open.ts';

evidence(
  'trust/keys-pkcs11',
  'real tool',
  'keys of pkcs11-tool and softhsm2-util in SoftHSM, also behind the server of p11-kit',
);

/** Label, id, what pkcs11-tool makes, and every scheme that the key signs by, with its hash. */
const KEYS = [
  { label: 'p256', id: '01', type: 'EC:prime256v1', schemes: { ecdsa: 'sha256', 'ecdsa-sha256': 'sha256' } },
  { label: 'p384', id: '02', type: 'EC:secp384r1', schemes: { ecdsa: 'sha384', 'ecdsa-sha256': 'sha256' } },
  { label: 'p521', id: '03', type: 'EC:secp521r1', schemes: { ecdsa: 'sha512', 'ecdsa-sha256': 'sha256' } },
  { label: 'rsa2048', id: '04', type: 'rsa:2048', schemes: { 'rsa-pkcs1-sha256': 'sha256', 'rsa-pss': 'sha256' } },
  { label: 'rsa3072', id: '05', type: 'rsa:3072', schemes: { 'rsa-pkcs1-sha256': 'sha256', 'rsa-pss': 'sha384' } },
  { label: 'ed25519', id: '06', type: 'EC:edwards25519', schemes: { ed25519: null } },
] as const;

const MESSAGE = Buffer.from('what is signed');

function holds(key: SigningKey, signature: Uint8Array, scheme: SigningScheme, hash: string | null): boolean {
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  const how = scheme === 'rsa-pss' ? { key: publicKey, padding, saltLength } : publicKey;
  return verify(hash, MESSAGE, how, signature);
}

describe('a key in SoftHSM', { skip: missing('softhsm') }, () => {
  let token: SoftToken;
  before(async () => {
    token = await makeSoftToken();
    for (const { label, id, type } of KEYS) {
      await token.tool('--keypairgen', '--key-type', type, '--label', label, '--id', id);
    }
  });
  after(() => token.remove());

  /** Of a process that uses the token, with its PIN, and what a test adds. */
  const withPin = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    ...token.environment,
    COSIGN_PKCS11_MODULE_PATH: token.module,
    COSIGN_PKCS11_PIN: token.pin,
    ...more,
  });

  function access(more: Partial<KeyAccess> = {}): KeyAccess {
    return keyAccessFor({
      environment: withPin(),
      ...more,
    });
  }

  const named = (object: string): string => `pkcs11:token=plimsoll%20test;object=${object}`;

  async function withKey<Value>(
    uri: string,
    use: (key: SigningKey) => Promise<Value>,
    more: Partial<KeyAccess> = {},
  ): Promise<Value> {
    const key = await openKey(uri, access(more));
    try {
      return await use(key);
    } finally {
      await key.close();
    }
  }

  /** Whose name is taken from elsewhere, and the public half with it. */
  async function imported(label: string, id: string): Promise<KeyObject & { readonly asymmetricKeyType?: string }> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    await token.importKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), label, id);
    return publicKey;
  }

  for (const { label, id, schemes } of KEYS) {
    it(`${label} signs by ${Object.keys(schemes).join(' and ')}`, async () => {
      await withKey(`pkcs11:id=%${id}`, async (key) => {
        assert.equal(key.name, `pkcs11:id=%${id}`);
        for (const [scheme, hash] of Object.entries(schemes) as [SigningScheme, string | null][]) {
          const signature = await key.sign(MESSAGE, scheme);
          assert.ok(holds(key, signature, scheme, hash), scheme);
        }
      });
    });
  }

  it('signs a megabyte, many times at once, one after the other', async () => {
    await withKey(named('ed25519'), async (key) => {
      const large = Buffer.alloc(1024 * 1024, 7);
      const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
      assert.ok(verify(null, large, publicKey, await key.sign(large, 'ed25519')));
    });
    await withKey(named('p256'), async (key) => {
      const signatures = await Promise.all(Array.from({ length: 20 }, () => key.sign(MESSAGE, 'ecdsa')));
      assert.ok(signatures.every((signature) => holds(key, signature, 'ecdsa', 'sha256')));
    });
  });

  it('does not sign by the scheme of another kind, nor when it was closed', async () => {
    const key = await openKey(named('p256'), access());
    await assert.rejects(key.sign(MESSAGE, 'rsa-pss'), { code: 'KEY_SCHEME_MISMATCH' });
    await key.close();
    await key.close();
    await assert.rejects(key.sign(MESSAGE, 'ecdsa'), { code: 'KEY_CLOSED' });
  });

  it('has its PIN from the URI, a file, the environment, or whoever can be asked', async () => {
    const file = join(token.folder, 'pin');
    writeFileSync(file, `${token.pin}\n`);
    const environment = { ...token.environment, PKCS11_MODULE_PATH: token.module };
    const given = Buffer.from(token.pin);
    const warned: string[] = [];
    for (const [uri, more] of [
      [`${named('p256')}?pin-value=${token.pin}`, { warn: (text: string) => void warned.push(text) }],
      [`${named('p256')}?pin-source=file:${file}`, {}],
      [`${named('p256')}?pin-source=${file}&vendor=ignored`, {}],
      [named('p256'), { passphrase: async () => await Promise.resolve(given) }],
    ] as const) {
      const name = await withKey(uri, async (key) => await Promise.resolve(key.name), { environment, ...more });
      assert.equal(name, named('p256'));
    }
    assert.equal(warned.length, 1);
    assert.doesNotMatch(warned.join(), new RegExp(token.pin));
    assert.ok(
      given.every((octet) => octet === 0),
      'the passphrase is overwritten',
    );
  });

  it('that wants a login before each signature gets one', async () => {
    const always = ['--keypairgen', '--key-type', 'EC:prime256v1', '--always-auth'];
    await token.tool(...always, '--label', 'always', '--id', '21');
    await withKey(named('always'), async (key) => {
      for (const signature of [await key.sign(MESSAGE, 'ecdsa'), await key.sign(MESSAGE, 'ecdsa')]) {
        assert.ok(holds(key, signature, 'ecdsa', 'sha256'));
      }
    });
  });

  it('has its public half from a certificate, when nothing else tells it', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const { certificate } = certify({
      name: 'release',
      kind: 'leaf',
      key,
      issuer: certify({ name: 'root', kind: 'root', issuer: null }),
    });
    await token.importKey(key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'certified', '31');
    await token.tool('--delete-object', '--type', 'pubkey', '--id', '31');
    await assert.rejects(openKey(named('certified'), access()), { code: 'KEY_UNSUPPORTED' });
    const file = join(token.folder, 'certificate.der');
    writeFileSync(file, certificate);
    await token.tool('--write-object', file, '--type', 'cert', '--id', '31', '--label', 'certified');
    await withKey(named('certified'), async (opened) => {
      assert.deepEqual(Buffer.from(opened.publicKey), key.publicKey.export({ format: 'der', type: 'spki' }));
      assert.ok(holds(opened, await opened.sign(MESSAGE, 'ecdsa'), 'ecdsa', 'sha256'));
    });
  });

  it('is refused where it is not the only one, by how many there are', async () => {
    await imported('twice', '41');
    await imported('twice', '42');
    await assert.rejects(openKey(named('twice'), access()), { code: 'KEY_NOT_FOUND', found: '2' });
    assert.equal(
      await withKey('pkcs11:object=twice;id=%42', async ({ name }) => await Promise.resolve(name)),
      'pkcs11:object=twice;id=%42',
    );
    await assert.rejects(openKey(named('nobody'), access()), { code: 'KEY_NOT_FOUND', found: 'none' });
    await assert.rejects(openKey('pkcs11:token=elsewhere;object=p256', access()), {
      code: 'KEY_NOT_FOUND',
      found: '0; the module has "plimsoll test"',
    });
    await assert.rejects(openKey('pkcs11:slot-id=12345678;object=p256', access()), { code: 'KEY_NOT_FOUND' });
  });

  it('is not opened by a wrong PIN, which is tried once and said no more of', async () => {
    const wrong = (pin: string): Partial<KeyAccess> => ({
      environment: { ...token.environment, COSIGN_PKCS11_MODULE_PATH: token.module },
      passphrase: async () => await Promise.resolve(Buffer.from(pin)),
      warn: () => undefined,
    });
    for (const pin of ['planted-wrong-pin', 'x'.repeat(300)]) {
      await assert.rejects(openKey(named('p256'), access(wrong(pin))), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'KEY_PASSPHRASE_WRONG');
        assert.ok(!JSON.stringify([error.message, error]).includes(pin));
        return true;
      });
    }
    const warned: string[] = [];
    await withKey(named('p256'), async () => await Promise.resolve(), { warn: (text) => void warned.push(text) });
    assert.match(warned.join(), /wrong PIN/, 'the token says so until the right one is given');
    await withKey(named('p256'), async () => await Promise.resolve());
  });

  it('is opened by no empty PIN, which is not tried', async () => {
    const environment = { ...token.environment, COSIGN_PKCS11_MODULE_PATH: token.module };
    const passphrase = async (): Promise<Uint8Array> => await Promise.resolve(Buffer.alloc(0));
    await assert.rejects(openKey(named('p256'), access({ environment, passphrase })), { code: 'KEY_PASSPHRASE_WRONG' });
    await withKey(named('p256'), async () => await Promise.resolve());
  });

  it('signs in another way where the token lacks the first', async () => {
    const configuration = join(token.folder, 'few.conf');
    const lacks = 'slots.mechanisms = -CKM_ECDSA,CKM_RSA_PKCS,CKM_RSA_PKCS_PSS';
    writeFileSync(configuration, `directories.tokendir = ${join(token.folder, 'tokens')}\n${lacks}\n`);
    const environment = withPin({ SOFTHSM2_CONF: configuration });
    for (const { label, schemes } of KEYS.slice(0, 5)) {
      const sign = async (key: SigningKey): Promise<void> => {
        for (const [scheme, hash] of Object.entries(schemes) as [SigningScheme, string][]) {
          assert.ok(holds(key, await key.sign(MESSAGE, scheme), scheme, hash), `${label} ${scheme}`);
        }
      };
      await withKey(named(label), sign, { environment });
    }
  });

  it('is lost with its process, and says so', async () => {
    const environment = withPin({ PLANTED: token.folder });
    await withKey(
      named('p256'),
      async (key) => {
        const [pid] = processesWith(`PLANTED=${token.folder}`);
        assert.ok(pid !== undefined);
        assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'utf8'), new RegExp(token.pin));
        process.kill(pid, 'SIGSEGV');
        await assert.rejects(key.sign(MESSAGE, 'ecdsa'), { code: 'KEY_MODULE_FAILED', found: /SIGSEGV/ });
      },
      { environment },
    );
    assert.deepEqual(processesWith(`PLANTED=${token.folder}`), []);
  });

  it('needs a module that is one', async () => {
    const text = join(token.folder, 'text.so');
    writeFileSync(text, 'no library');
    for (const [module, expected] of [
      [text, 'a shared library'],
      ['/nowhere/module.so', 'a shared library'],
      [token.folder, 'a shared library'],
      [process.execPath, 'a shared library'],
      [globSync('/usr/lib/*/libz.so.1')[0] ?? '', 'a PKCS #11 module'],
    ] as const) {
      await assert.rejects(
        openKey(`${named('p256')}?module-path=${module}`, access()),
        { code: 'KEY_MODULE_FAILED', expected },
        module,
      );
    }
  });

  for (const [what, take] of [
    ['removed', (folder: string) => rmSync(folder, { recursive: true })],
    ['cut off', (folder: string) => filesIn(folder).forEach((file) => truncateSync(file, 0))],
  ] as const) {
    it(`signs no more when its folder is ${what}`, async () => {
      const copy = join(token.folder, `tokens of ${what}`);
      cpSync(join(token.folder, 'tokens'), copy, { recursive: true });
      const configuration = join(token.folder, 'copy.conf');
      writeFileSync(configuration, `directories.tokendir = ${copy}\n`);
      const environment = withPin({ SOFTHSM2_CONF: configuration });
      await withKey(
        named('p256'),
        async (key) => {
          await key.sign(MESSAGE, 'ecdsa');
          take(copy);
          await assert.rejects(key.sign(MESSAGE, 'ecdsa'), {
            code: 'KEY_TOKEN_GONE',
            found: 'CKR_OBJECT_HANDLE_INVALID from C_SignInit',
          });
        },
        { environment },
      );
    });
  }

  describe('in another process', { skip: missing('p11-kit') }, () => {
    let remote: RemoteToken;
    before(async () => {
      remote = await serveToken(token);
    });
    after(() => remote.signal('SIGKILL'));

    const open = async (signal?: AbortSignal): Promise<SigningKey> =>
      await openKey(
        named('p256'),
        access({
          environment: withPin({ ...remote.environment, COSIGN_PKCS11_MODULE_PATH: remote.module }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );

    it('is waited for until the signal ends it, whether it opens or signs', async () => {
      const key = await open();
      assert.ok(holds(key, await key.sign(MESSAGE, 'ecdsa'), 'ecdsa', 'sha256'));
      remote.signal('SIGSTOP');
      const controller = new AbortController();
      const both = [open(controller.signal), key.sign(MESSAGE, 'ecdsa', controller.signal)].map((work) =>
        assert.rejects(work, /^Error: enough$/),
      );
      setTimeout(() => controller.abort(new Error('enough')), 300);
      await Promise.all(both);
      remote.signal('SIGCONT');
      await assert.rejects(key.sign(MESSAGE, 'ecdsa'), { code: 'KEY_MODULE_FAILED', found: /SIGKILL/ });
      await key.close();
    });

    it('signs no more when that process is killed while it signs', async () => {
      const key = await open();
      remote.signal('SIGSTOP');
      const signature = assert.rejects(key.sign(MESSAGE, 'ecdsa'), {
        code: 'KEY_TOKEN_GONE',
        found: /^CKR_DEVICE_ERROR from C_Sign/,
      });
      await new Promise((settle) => setTimeout(settle, 100));
      remote.signal('SIGKILL');
      await signature;
      await key.close();
      remote = await serveToken(token);
    });
  });
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Of proc(5): processes with a variable in their environment. */
function processesWith(variable: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(variable);
      } catch {
        return false;
      }
    })
    .map(Number);
}
