import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { evidence } from '../evidence.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { startTimestampServer } from '../fixtures/sigstore-servers.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'trust/key-rotation',
  'real tool',
  'two keys of one operator, with times by sigstore/timestamp-authority 2.1.2',
);

const PASSPHRASE = { PLIMSOLL_KEY_PASSPHRASE: 'a passphrase' };

/** When keys count: `validFrom`, `validUntil`, `revokedAt` of each. */
type Windows = Readonly<Record<'old' | 'new', Readonly<Record<string, string>>>>;

describe('changing and revoking keys', { skip: missing('go') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rotation-'));
  const home = temporaryHome();
  const at = (name: string): string => join(folder, name);
  let authority: Awaited<ReturnType<typeof startTimestampServer>>;
  before(async () => {
    authority = await startTimestampServer();
    writeFileSync(at('chain.pem'), authority.chain);
    await writeImages(at('single'), at('multiple'));
    for (const name of ['old', 'new']) {
      const made = await home.plimsoll(['key', 'generate', '--output-prefix', at(name)], PASSPHRASE);
      assert.equal(made.code, 0, made.err);
    }
  });
  after(async () => {
    await authority.stop();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A copy of the image that these keys have signed, now. */
  async function signedBy(keys: readonly string[], stamped = true): Promise<string> {
    const copy = mkdtempSync(at('layout-'));
    cpSync(at('single'), copy, { recursive: true });
    const told = stamped ? ['--timestamp-authority', authority.url] : [];
    for (const name of keys) {
      const signed = await home.plimsoll(['sign', `oci:${copy}:1.0`, '--key', at(`${name}.key`), ...told], PASSPHRASE);
      assert.equal(signed.code, 0, signed.err);
    }
    return `oci:${copy}:1.0`;
  }

  async function verify(reference: string, windows: Windows): Promise<Outcome> {
    const key = (name: 'old' | 'new'): object => ({
      operator: 'release',
      key: { file: at(`${name}.pub`), root: 'own', transparency: 'none', ...windows[name] },
    });
    const require = [{ signature: { signers: ['old', 'new'] } }];
    const configuration = {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Trust',
      metadata: { name: 'rotation' },
      roots: { own: { timestampAuthorities: [at('chain.pem')] } },
      signers: { old: key('old'), new: key('new') },
      rules: [{ name: 'ours', repositories: ['**', 'local'], platforms: 'either', require }],
    };
    writeFileSync(at('trust.yaml'), JSON.stringify(configuration));
    return await home.plimsoll(['verify', reference, '--trust', at('trust.yaml')]);
  }

  /** A second apart from everything before and after, since timestamps have whole seconds. */
  async function instant(): Promise<string> {
    await sleep(1_100);
    const now = new Date().toISOString();
    await sleep(1_100);
    return now;
  }

  it('during the window either key is enough, and after it what the old one signed inside goes on counting', async () => {
    const inside = [await signedBy(['old']), await signedBy(['new']), await signedBy(['old', 'new'])];
    const end = await instant();
    const late = await signedBy(['old']);
    const windows = { old: { validUntil: end }, new: { validFrom: '2020-01-01T00:00:00Z' } };
    for (const reference of inside) {
      const { code, out, err } = await verify(reference, windows);
      assert.equal(code, 0, out + err);
    }
    const refused = await verify(late, windows);
    assert.equal(refused.code, 1);
    assert.match(refused.out, /signed when the key did not count/);
  });

  it('a revoked key refuses what it signed after its time, and both keys cover for each other', async () => {
    const early = await signedBy(['old']);
    const revokedAt = await instant();
    const [stolen, both] = [await signedBy(['old']), await signedBy(['old', 'new'])];
    const windows = { old: { revokedAt }, new: { validFrom: revokedAt } };
    assert.equal((await verify(early, windows)).code, 0);
    assert.equal((await verify(both, windows)).code, 0);
    assert.equal((await verify(stolen, windows)).code, 1);
  });

  it('a key with a window needs a time that somebody vouches for', async () => {
    const reference = await signedBy(['old'], false);
    const refused = await verify(reference, { old: { validUntil: '2099-01-01T00:00:00Z' }, new: {} });
    assert.equal(refused.code, 1);
    assert.match(refused.out, /time/);
  });
});
