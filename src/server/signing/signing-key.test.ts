import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { silentLog } from '#base/log.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { generateKeyFile, writeKeyPair } from '#store/keys/index.ts';
import { openSqliteStore } from '#store/metadata/index.ts';
import type { SecretReference } from '../config/secrets.ts';
import { publicKeys } from './public-keys.ts';
import { openSigningKey, type ServerKey } from './signing-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-signing-'));
const clock = { now: () => Date.UTC(2026, 0, 1) };
let store: MetadataStore;
let home = '';
let count = 0;
before(async () => {
  store = await openSqliteStore({ path: join(folder, 'plimsoll.db'), clock, random: randomBytes });
});
beforeEach(() => {
  count += 1;
  home = join(folder, `home-${count}`);
  mkdirSync(home);
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(key: string | null = null, passphrase: SecretReference | null = null): Promise<ServerKey> {
  const { signal } = new AbortController();
  return await openSigningKey({ config: { home, signing: { key, passphrase } }, store, clock, log: silentLog, signal });
}

describe('the key that signs', () => {
  it('is made once, for its owner alone, whoever begins at once', async () => {
    const opened = await Promise.all([open(), open(), open()]);
    const again = await open();
    const [fingerprint, ...more] = new Set([...opened, again].map(({ key }) => key.fingerprint));
    assert.equal(more.length, 0);
    assert.equal(statSync(join(home, 'signing.key')).mode & 0o777, 0o600);
    const keys = (await publicKeys(store)).filter((one) => one.fingerprint === fingerprint);
    assert.deepEqual([keys.length, keys[0]?.since], [1, clock.now()]);
    const signature = await again.key.sign(Buffer.from('text'), 'ecdsa');
    assert.ok(verify('sha256', Buffer.from('text'), createPublicKey(keys[0]?.pem ?? ''), signature));
  });

  it('is that of the configuration, with its passphrase', async () => {
    const passphrase = Buffer.from('correct horse');
    const prefix = join(home, 'own');
    await writeKeyPair(await generateKeyFile({ algorithm: 'ecdsa-p256', passphrase }), prefix, { overwrite: false });
    await assert.rejects(open(`${prefix}.key`), { code: 'SERVER_SECRET_MISSING' });
    process.env['PLIMSOLL_TEST_PASSPHRASE'] = 'correct horse';
    try {
      const { key, reference } = await open(`${prefix}.key`, 'env:PLIMSOLL_TEST_PASSPHRASE' as SecretReference);
      assert.equal(reference, `${prefix}.key`);
      assert.equal((await publicKeys(store)).at(0)?.fingerprint.length, key.fingerprint.length);
    } finally {
      delete process.env['PLIMSOLL_TEST_PASSPHRASE'];
    }
    assert.throws(() => statSync(join(home, 'signing.key')), { code: 'ENOENT' });
  });
});
