import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { containerdName } from './names.ts';

const DIGEST = digestOf('');

test('a name is asked for as it is written, then with the defaults of Docker', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['alpine', ['alpine', 'docker.io/library/alpine:latest']],
    ['docker.io/library/alpine:latest', ['docker.io/library/alpine:latest']],
    ['example.org/a:1', ['example.org/a:1']],
    ['Free Text', ['Free Text']],
    [
      `alpine@${DIGEST}`,
      [`alpine@${DIGEST}`, 'alpine', `docker.io/library/alpine@${DIGEST}`, 'docker.io/library/alpine:latest'],
    ],
    [`example.org/a:1@${DIGEST}`, [`example.org/a:1@${DIGEST}`, 'example.org/a:1']],
  ];
  for (const [name, candidates] of cases) {
    assert.deepEqual(containerdName(name), { candidates, digest: name.includes('@') ? DIGEST : null });
  }
  // The image id under which Kubernetes keeps an image is a name like any other.
  assert.equal(containerdName(DIGEST).digest, null);
  assert.equal(containerdName(DIGEST).candidates[0], DIGEST);
});
