import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { goInstall } from '../fixtures/go-install.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { SKOPEO } from '../fixtures/sigstore-programs.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'trust/sign-for-skopeo',
  'real tool',
  'skopeo 1.13.3 copies what we signed, by a policy that asks for the key',
);

const PASSPHRASE = { PLIMSOLL_KEY_PASSPHRASE: 'a passphrase' };

describe('skopeo', { skip: missing('go', 'docker-registry') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-skopeo-'));
  const home = temporaryHome();
  const at = (name: string): string => join(folder, name);
  let registry: DockerRegistry;
  let skopeo = '';
  before(async () => {
    skopeo = await goInstall(SKOPEO);
    registry = await startRegistry();
    await writeImages(at('single'), at('multiple'));
  });
  after(async () => {
    await registry.stop();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Throws where the policy, which asks for a signature by the key, refuses. */
  async function copy(repository: string, key: string): Promise<void> {
    const requirement = {
      type: 'sigstoreSigned',
      keyPath: at(`${key}.pub`),
      signedIdentity: { type: 'matchRepository' },
    };
    writeFileSync(at('policy.json'), JSON.stringify({ default: [requirement] }));
    writeFileSync(at('default.yaml'), 'default-docker:\n  use-sigstore-attachments: true\n');
    const told = ['--policy', at('policy.json'), '--registries.d', folder, 'copy', '--src-tls-verify=false'];
    const places = [`docker://${registry.host}/${repository}:1.0`, `dir:${at('copied')}`];
    await promisify(execFile)(skopeo, [...told, ...places]);
  }

  for (const algorithm of ['ecdsa-p256', 'ecdsa-p384', 'rsa-3072', 'ed25519']) {
    it(`accepts a signature by a key of ${algorithm}, and by no other key`, async () => {
      const repository = `voyage/${algorithm}`;
      await pushLayout(at('single'), registry.url, repository);
      for (const name of [algorithm, `${algorithm}-another`]) {
        const made = ['key', 'generate', '--algorithm', algorithm, '--output-prefix', at(name)];
        assert.equal((await home.plimsoll(made, PASSPHRASE)).code, 0);
      }
      await assert.rejects(copy(repository, algorithm), /no signature exists/);
      const sign = [
        'sign',
        `${registry.host}/${repository}:1.0`,
        '--format',
        'cosign-legacy',
        '--key',
        at(`${algorithm}.key`),
      ];
      const signed = await home.plimsoll(sign, PASSPHRASE);
      assert.equal(signed.code, 0, signed.err);
      await copy(repository, algorithm);
      await assert.rejects(copy(repository, `${algorithm}-another`), /cryptographic signature verification failed/);
    });
  }
});
