import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPlatform, type Platform } from '#model/platform.ts';
import { matchPlatforms, normalizePlatform, parsePlatform } from './platform.ts';

const platform = (text: string): Platform => {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
};

test('spellings of one platform become one', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['Linux/aarch64', 'linux/arm64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/arm', 'linux/arm'],
    ['linux/__proto__', 'linux/__proto__'],
  ];
  for (const [written, normal] of cases) {
    assert.equal(formatPlatform(normalizePlatform(platform(written))), normal);
  }
});

test('variants are matched as what they are', () => {
  const arm = ['linux/arm/v5', 'linux/arm/v6', 'linux/arm/v7', 'linux/arm64/v8', 'linux/amd64', 'linux/amd64/v3'];
  const cases: readonly (readonly [string, boolean, readonly string[]])[] = [
    ['linux/arm64', false, ['linux/arm64/v8']],
    ['linux/arm64/v8', false, ['linux/arm64/v8']],
    ['linux/arm', false, ['linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5']],
    ['linux/arm/v6', false, ['linux/arm/v6']],
    ['linux/arm/v6', true, ['linux/arm/v6', 'linux/arm/v5']],
    ['linux/amd64', false, ['linux/amd64', 'linux/amd64/v3']],
    ['linux/amd64/v2', false, []],
    ['linux/amd64/v2', true, ['linux/amd64']],
    ['windows/amd64', true, []],
    ['linux/s390x', true, []],
  ];
  for (const [wanted, orLower, expected] of cases) {
    const matches = matchPlatforms(arm, platform, platform(wanted), orLower);
    assert.deepEqual(matches, expected, wanted);
  }
});

test('a platform on the command line is OS/ARCH or OS/ARCH/VARIANT', () => {
  assert.deepEqual(parsePlatform('linux/arm64/v8'), { os: 'linux', architecture: 'arm64' });
  for (const text of ['', 'linux', 'linux/', 'linux/arm/v7/x', 'linux/a b', '/arm64']) {
    assert.throws(() => parsePlatform(text), { code: 'PLATFORM_INVALID' }, text);
  }
});

test('normalizing twice is normalizing once', () => {
  const part = fc.oneof(fc.constantFrom('linux', 'arm', 'arm64', 'amd64', 'aarch64', 'v8', '8', '7', ''), fc.string());
  fc.assert(
    fc.property(part, part, part, (os, architecture, variant) => {
      const once = normalizePlatform({ os, architecture, variant });
      assert.deepEqual(normalizePlatform(once), once);
    }),
  );
});
