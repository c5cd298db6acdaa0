import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EvidenceReport } from '#model/evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { missing } from '../prerequisites.ts';

describe('a registry that takes no signature', { skip: missing('docker-registry') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-refused-'));
  const home = temporaryHome();
  const at = (name: string): string => join(folder, name);
  const passphrase = { PLIMSOLL_KEY_PASSPHRASE: 'planted passphrase 11c4' };
  let origin: DockerRegistry;
  let mirror: DockerRegistry;
  before(async () => {
    origin = await startRegistry();
    mirror = await startRegistry({ proxyOf: origin, auth: 'basic' });
    await writeImages(at('single'), at('multiple'));
    await pushLayout(at('single'), origin.url, 'voyage/app');
    const made = await home.plimsoll(['key', 'generate', '--output-prefix', at('release')], passphrase);
    assert.equal(made.code, 0, made.err);
  });
  after(async () => {
    await mirror.stop();
    await origin.stop();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const format of ['bundle', 'cosign-legacy']) {
    it(`${format}: says which and why, leaves nothing behind, and repeats no password`, async () => {
      const image = `${mirror.host}/voyage/app:1.0`;
      const sign = ['sign', image, '--key', at('release.key'), '--format', format, '--debug'];
      const environment = { ...passphrase, DOCKER_CONFIG: mirror.dockerConfig };
      const refused = await home.plimsoll(sign, environment);
      assert.equal(refused.code, 3, refused.out);
      assert.match(refused.err, new RegExp(`${mirror.host}/voyage/app`));
      assert.match(refused.err, /405|UNSUPPORTED/);
      const basic = Buffer.from(`${mirror.username}:${mirror.password}`).toString('base64');
      for (const secret of [mirror.password, basic, passphrase.PLIMSOLL_KEY_PASSPHRASE]) {
        assert.ok(!(refused.out + refused.err).includes(secret));
      }
      const shown = await home.plimsoll(['evidence', `${origin.host}/voyage/app:1.0`, '-o', 'json']);
      assert.deepEqual((JSON.parse(shown.out) as EvidenceReport).evidence, []);
    });
  }
});
