import assert from 'node:assert/strict';
import { parsePushedManifest } from '#lib/oci/index.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';
import { artifactSeed, imageSeed, indexSeed } from '../fixtures/fuzz-manifests.ts';

/** Manifests as clients push them: what is accepted is of one kind, and read again alike when it is written in the plainest way. */
export const pushedManifest: FuzzTarget = {
  id: 'pushed-manifest',
  seeds: () => [imageSeed(), indexSeed(), artifactSeed()],
  maxMillis: 300,
  dictionary: [
    '"schemaVersion":2',
    '"mediaType":"application/vnd.oci.image.index.v1+json"',
    '"application/vnd.docker.distribution.manifest.v2+json"',
    '"artifactType":"a/b"',
    '"subject":{}',
    '"layers":[]',
    '"manifests":[]',
    '"data":"e30="',
    '"platform":{"os":"unknown","architecture":"unknown"}',
    '"size":-1',
    '"annotations":{}',
    'null',
  ],
  run: (input) => {
    const parsed = parsePushedManifest(input, null, 'input');
    invariant('what it says is read back', () => {
      const again = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(input).toString('utf8'))));
      assert.deepEqual(parsePushedManifest(again, parsed.mediaType, 'again'), parsed);
    });
    invariant('each reference is there once, and children are no blobs', () => {
      const keys = parsed.references.map(({ kind, digest }) => `${kind} ${digest}`);
      assert.equal(new Set(keys).size, keys.length);
      assert.ok(
        parsed.references.every(
          ({ kind, isHeld }) => (kind === 'child') === (parsed.kind === 'index') && !(kind === 'child' && isHeld),
        ),
      );
    });
  },
};
