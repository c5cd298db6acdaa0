import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Artifact } from '#model/artifact.ts';
import { SUBJECT, signingKey } from '#test/fixtures/signing-key.ts';
import { sigstoreBundle } from '../formats/sigstore-bundle/index.ts';
import { signBundle } from './bundle.ts';
import { signerOf } from './options.ts';
import { assertSignedBy } from './read-back.ts';

const NOW = Date.UTC(2026, 0, 2);
const key = signingKey('p256');

async function changed(change: (artifact: Artifact) => Artifact, by = key): Promise<void> {
  const artifact = await signBundle(SUBJECT, key, { now: NOW });
  assertSignedBy(change(artifact), sigstoreBundle, signerOf(by), { stage: 'bare', now: NOW });
}

describe('what was signed is read back', () => {
  it('as it is', async () => {
    await changed((artifact) => artifact);
  });

  it('about the image that it is put on', async () => {
    const subject = { ...SUBJECT, digest: digestOf('another image') };
    await assert.rejects(
      changed((artifact) => ({ ...artifact, subject })),
      { code: 'SIGNED_WRONGLY', message: /about another image/ },
    );
  });

  it('under the key that signed', async () => {
    await assert.rejects(
      changed((artifact) => artifact, signingKey('p256')),
      { code: 'SIGNED_WRONGLY', message: /wrong signature/ },
    );
  });

  it('with all that the witnesses said', async () => {
    const artifact = await signBundle(SUBJECT, key, { now: NOW });
    const silent = { name: 'silent', timestamp: () => assert.fail('asked'), enter: () => assert.fail('asked') };
    for (const witnesses of [
      { timestamps: [silent], logs: [] },
      { timestamps: [], logs: [silent] },
    ]) {
      assert.throws(
        () =>
          assertSignedBy(artifact, sigstoreBundle, signerOf(key), {
            stage: 'witnessed',
            now: NOW,
            witnesses,
            root: null,
          }),
        { code: 'SIGNED_WRONGLY', message: /not all that the witnesses said/ },
      );
    }
  });

  it('by a certificate where there has to be one', async () => {
    const artifact = await signBundle(SUBJECT, key, { now: NOW });
    const certified = signerOf(key, [Buffer.alloc(1)]);
    assert.throws(() => assertSignedBy(artifact, sigstoreBundle, certified, { stage: 'bare', now: NOW }), {
      code: 'SIGNED_WRONGLY',
      message: /a key alone/,
    });
  });

  it('in its format', async () => {
    for (const layers of [
      (all: Artifact['layers']) => all.map((layer) => ({ ...layer, mediaType: 'application/json' })),
      (all: Artifact['layers']) => all.map((layer) => ({ ...layer, content: Buffer.from('{}') })),
      (all: Artifact['layers']) => [...all, ...all],
      () => [],
    ]) {
      await assert.rejects(
        changed((artifact) => ({ ...artifact, layers: layers(artifact.layers) })),
        { code: 'SIGNED_WRONGLY' },
      );
    }
  });
});
