import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OsRelease, Package } from '#model/package.ts';
import { ecosystemsNeeded } from './ecosystem.ts';
import { thirdPartyUnknowns } from './third-party.ts';

const debian: OsRelease = { id: 'debian', versionId: '12', idLike: [] };

function packageOf(name: string, thirdParty?: string): Package {
  return {
    type: 'deb',
    name,
    version: '1',
    purl: `pkg:deb/debian/${name}@1`,
    ...(thirdParty === undefined ? {} : { thirdParty }),
    licenses: [],
    layer: null,
    locations: [],
    cataloger: 'dpkg',
  };
}

test('one unknown per vendor, with its packages, the one with most first', () => {
  const packages = [
    packageOf('a'),
    packageOf('b', 'One'),
    ...Array.from({ length: 7 }, (_, index) => packageOf(`c${index}`, 'Many')),
  ];
  const unknowns = thirdPartyUnknowns(packages, debian);
  assert.deepEqual(
    unknowns.map(({ kind, analyser, reason }) => `${kind} ${analyser}: ${reason}`),
    [
      'no-advisories advisories: 7 packages by "Many": the advisories of "debian" do not speak for "c0", "c1", "c2", "c3", "c4" and 2 more, which were not matched',
      'no-advisories advisories: 1 package by "One": the advisories of "debian" do not speak for "b", which was not matched',
    ],
  );
});

test('an image cannot make an unknown for each of its packages', () => {
  const packages = Array.from({ length: 50_000 }, (_, index) => packageOf(`p${index}`, `vendor ${index}`));
  const unknowns = thirdPartyUnknowns(packages, null);
  assert.equal(unknowns.length, 21);
  assert.equal(unknowns.at(-1)?.reason, '49980 packages by 49980 other vendors were not matched either');
});

test('packages of others alone need no advisories of the distribution, and are counted once', () => {
  const { needed, unknowns } = ecosystemsNeeded([packageOf('b', 'One')], { id: 'plan9', idLike: [] });
  assert.deepEqual(needed, []);
  assert.equal(unknowns.length, 1);
});
