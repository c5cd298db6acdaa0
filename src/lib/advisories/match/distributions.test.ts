import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Build } from '#model/build.ts';
import type { OsRelease } from '#model/package.ts';
import { isNeededName } from '../ecosystem-name.ts';
import { DISTRIBUTIONS } from './distributions.ts';
import { placePackage } from './ecosystem.ts';

const version = fc.oneof(
  fc.constantFrom(
    '',
    '8',
    '8.10',
    '12',
    '2018.03',
    '24.04',
    '3.20.3',
    '22.03',
    'stream',
    '8/../x',
    '9'.repeat(200),
    '1.2.3.4',
  ),
  fc.string(),
);
const prettyName = fc.oneof(
  fc
    .tuple(fc.constantFrom('SUSE', 'openSUSE', 'openEuler'), fc.string({ maxLength: 120 }))
    .map((words) => words.join(' ')),
  fc.constantFrom(
    'openSUSE Leap 15.6',
    'SUSE Linux Enterprise Server 15 SP4',
    'SUSE ../../etc/passwd 15',
    'openSUSE Leap\u0000 15',
    'openEuler 22.03 (LTS-SP1)',
    'openEuler (LTS-SP1) (',
    `SUSE ${'Linux '.repeat(100)}15`,
  ),
  fc.string(),
);
const build: fc.Arbitrary<Build> = fc.record({
  path: fc.constant('/root/buildinfo/content_manifests/a.json'),
  layer: fc.constant(null),
  contentSets: fc.array(fc.oneof(fc.string(), fc.constant('rhel-8-for-x86_64-appstream-eus-rpms__8_DOT_4')), {
    maxLength: 3,
  }),
  labels: fc.record({ cpe: fc.oneof(fc.string(), fc.constant('cpe:/a:redhat:enterprise_linux:8::appstream')) }),
});

test('whatever os-release says, packages have places that can be asked for, or a reason', () => {
  let known = 0;
  for (const type of ['apk', 'deb', 'rpm'] as const) {
    for (const id of DISTRIBUTIONS[type].keys()) {
      fc.assert(
        fc.property(version, prettyName, fc.array(build, { maxLength: 2 }), (versionId, name, builds) => {
          const os: OsRelease = { id, versionId, prettyName: name, idLike: [] };
          const placement = placePackage(type, os, builds);
          if (placement.kind === 'unsupported') {
            assert.match(placement.reason, /^no advisories are known for /);
            return;
          }
          known += 1;
          assert.ok(placement.places.length > 0);
          for (const { shard, ecosystem } of placement.places) {
            assert.ok(isNeededName(ecosystem), ecosystem);
            assert.ok(ecosystem === shard || ecosystem.startsWith(`${shard}:`), ecosystem);
          }
        }),
        { numRuns: 100 },
      );
    }
  }
  assert.ok(known > 500, String(known));
});
