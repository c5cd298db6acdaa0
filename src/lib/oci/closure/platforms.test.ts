import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryUpstream } from '#test/fixtures/memory-upstream.ts';
import { imageOf, indexOf } from '#test/fixtures/registry-client.ts';
import { planClosure } from './plan.ts';
import { missingPlatforms } from './platforms.ts';

test('a platform is there in any spelling, and without a variant by any of its variants', async () => {
  const platforms = ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v7', 'windows/amd64', 'li nux/?'];
  const images = platforms.map((seed) => imageOf({ seed }));
  const index = indexOf(
    images.map(({ document }) => document),
    platforms,
  );
  const documents = [...images.map(({ document }) => document), index];
  const upstream = memoryUpstream({
    documents,
    blobs: images.flatMap(({ blobs }) => blobs),
    tags: { latest: index },
    hasReferrers: false,
  });
  const plan = await planClosure(upstream, 'latest', { signal: new AbortController().signal });
  assert.deepEqual(plan.problems, []);
  const there = ['linux/amd64', 'linux/arm64', 'linux/arm64/v8', 'linux/aarch64', 'linux/arm', 'Linux/amd64'];
  assert.deepEqual(missingPlatforms(plan, there), []);
  const missing = ['linux/arm/v6', 'linux/s390x', 'windows/arm64', 'linux'];
  assert.deepEqual(missingPlatforms(plan, [...there, ...missing]), missing);
  const one = await planClosure(upstream, images[0]?.document.digest ?? '', { signal: new AbortController().signal });
  assert.deepEqual(missingPlatforms(one, missing), []);
});
