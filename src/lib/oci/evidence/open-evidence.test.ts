import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { refusal } from '#test/fixtures/hostile-registry.ts';
import { signedLayout } from '#test/fixtures/signed/index.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import type { OpenOptions } from '../images/options.ts';
import { openEvidence } from './open-evidence.ts';
import { cosignTags, fallbackTag, isEvidenceTag } from './tags.ts';

const OPTIONS: OpenOptions = {
  host: { os: 'linux', architecture: 'amd64' },
  integrity: 'require',
  temporaryFolder: '/nonexistent',
};

test('sources that do not keep what was signed are refused with the reason', async () => {
  for (const [reference, found] of [
    ['docker-archive:image.tar', /docker save/],
    ['docker:alpine', /Docker daemon/],
    ['podman:alpine', /podman/],
    ['containerd:docker.io/library/alpine:latest', /containerd/],
    ['rootfs:/', /no manifest/],
  ] as const) {
    const error = await refusal(openEvidence(reference, OPTIONS), 'EVIDENCE_UNSUPPORTED');
    assert.equal(error.object, reference);
    assert.match(error.found ?? '', found);
    assert.match(error.hint ?? '', /registry/);
  }
});

test('a registry has to be asked, so that offline there is nothing to find', async () => {
  const reference = `registry.example/app@${digestOf('app')}`;
  for (const more of [{}, { access: sourceAccess(), offline: true }]) {
    const error = await refusal(openEvidence(reference, { ...OPTIONS, ...more }), 'REGISTRY_OFFLINE');
    assert.match(error.hint ?? '', /oci:DIR/);
  }
});

test('what is not there, or not for this platform, is refused as when an image is opened', async () => {
  const layout = `oci:${signedLayout('cosign3-recursive')}`;
  await refusal(openEvidence(`${layout}:2.0`, OPTIONS), 'IMAGE_NOT_FOUND');
  await refusal(openEvidence(`${layout}@${digestOf('x')}`, OPTIONS), 'IMAGE_NOT_FOUND');
  const platform = { os: 'windows', architecture: 'amd64' };
  await refusal(openEvidence(layout, { ...OPTIONS, platform }), 'PLATFORM_NOT_FOUND');
  const single = `oci:${signedLayout('cosign3-key')}`;
  await refusal(openEvidence(single, { ...OPTIONS, platform }), 'PLATFORM_NOT_FOUND');
  await refusal(openEvidence(`${single}@${digestOf('x')}`, OPTIONS), 'IMAGE_NOT_FOUND');
});

test('tags are those of the distribution specification and of cosign', () => {
  const [short, long] = [digestOf('x'), digestOf('x', 'sha512')];
  const hex = short.slice('sha256:'.length);
  assert.equal(fallbackTag(short), `sha256-${hex}`);
  assert.deepEqual(
    cosignTags(short).map(({ tag }) => tag),
    ['sig', 'att', 'sbom'].map((suffix) => `sha256-${hex}.${suffix}`),
  );
  // 64 digits of 128, and none that no registry could hold.
  assert.equal(fallbackTag(long).length, 'sha512-'.length + 64);
  assert.deepEqual(cosignTags(long), []);
  assert.ok([fallbackTag(short), ...cosignTags(short).map(({ tag }) => tag)].every(isEvidenceTag));
  assert.ok(!['latest', `sha256-${hex}.other`, `x-sha256-${hex}`, `sha256-${hex.slice(1)}`].some(isEvidenceTag));
});
