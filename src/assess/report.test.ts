import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Image } from '#model/image.ts';
import { parsePattern } from '#model/repository-pattern.ts';
import { describeImage } from './report.ts';

const image: Image = {
  reference: 'a',
  source: 'registry',
  digest: null,
  configDigest: null,
  platform: null,
  index: null,
  config: null,
  layers: [],
  problems: [],
};

it('an image of a registry is never taken for a local one, whatever its host', () => {
  for (const [repository, expected] of [
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['999.1.1.1/team/app', '999.1.1.1/team/app'],
    ['registry.example:99999/app', 'registry.example:99999/app'],
    [null, undefined],
  ] as const) {
    const described = describeImage(image, [], repository);
    assert.equal(described.repository, expected);
    const local = parsePattern('local');
    assert.ok(typeof local !== 'string');
    assert.equal(local.matches(described.repository ?? null), repository === null);
  }
});
