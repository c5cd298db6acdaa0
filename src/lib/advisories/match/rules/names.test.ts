import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALPINE, DEBIAN, matchAll, packageOf, shown } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';

test('rule 1: advisories of Debian, Ubuntu and Alpine go by source packages, and by their versions', () => {
  const libssl = packageOf('apk', 'libssl3', '3.3.1-r0', { source: { name: 'openssl', version: '3.3.1-r0' } });
  const curl = packageOf('deb', 'libcurl4', '7.88.1-10+b1', { source: { name: 'curl', version: '7.88.1-10' } });
  const advisory = advisoryOf({ id: 'TEST-1', upstream: ['CVE-2024-1'] });
  const alpine = [
    affectedOf(advisory, 'Alpine:v3.20', 'openssl', '3.3.2-r0'),
    affectedOf(advisoryOf({ id: 'TEST-2' }), 'Alpine:v3.20', 'libssl3', '9'),
  ];
  assert.deepEqual(shown(matchAll(ALPINE, alpine, libssl).findings), ['CVE-2024-1 libssl3 3.3.2-r0']);
  const debian = [affectedOf(advisory, 'Debian:12', 'curl', '7.88.1-10+b1')];
  // The rebuild of the binary package is as high as the bound, the source is below it.
  assert.deepEqual(shown(matchAll(DEBIAN, debian, curl).findings), ['CVE-2024-1 libcurl4 7.88.1-10+b1']);
  const ubuntu = { id: 'ubuntu', versionId: '24.04', idLike: ['debian'] };
  const lts = [affectedOf(advisory, 'Ubuntu:24.04:LTS', 'curl', '8')];
  assert.deepEqual(shown(matchAll(ubuntu, lts, curl).findings), ['CVE-2024-1 libcurl4 8']);
});

test('a package that is its own source goes by its own name', () => {
  const rows = [affectedOf(advisoryOf({ id: 'TEST-1' }), 'Debian:12', 'bash', '6')];
  assert.deepEqual(shown(matchAll(DEBIAN, rows, packageOf('deb', 'bash', '5.2-1')).findings), ['TEST-1 bash 6']);
});

test('of an update of SUSE counts what it lists, and products of the release speak together', () => {
  const os = {
    id: 'sles',
    versionId: '15.4',
    idLike: ['suse'],
    prettyName: 'SUSE Linux Enterprise Server 15 SP4',
  };
  const bash = packageOf('rpm', 'bash', '4.4-9.10.1', { source: { name: 'bash', version: '4.4-9.10.1' } });
  const devel = packageOf('rpm', 'bash-devel', '4.4-9.10.1', { source: { name: 'bash', version: '4.4-9.10.1' } });
  const module = 'SUSE:Linux Enterprise Module for Basesystem 15 SP4';
  const row = { ...affectedOf(advisoryOf({ id: 'SUSE-SU-1' }), module, 'bash', '4.4-9.14.1'), binaries: ['bash'] };
  const newer = { ...affectedOf(advisoryOf({ id: 'SUSE-SU-2' }), `${module.slice(0, -1)}5`, 'bash', '5') };
  const shard = [row, newer, affectedOf(advisoryOf({ id: 'X' }), 'SUSE:Linux Enterprise Server 15 SP4', 'x')];
  assert.deepEqual(shown(matchAll(os, shard, bash, devel).findings), ['SUSE-SU-1 bash 4.4-9.14.1']);
  const later = affectedOf(
    advisoryOf({ id: 'SUSE-SU-3' }),
    'SUSE:Linux Enterprise Server 15 SP4-LTSS',
    'bash',
    '4.4-9.20.1',
  );
  assert.deepEqual(shown(matchAll(os, [...shard, later], bash).findings), [
    'SUSE-SU-1 bash 4.4-9.14.1',
    'SUSE-SU-3 bash 4.4-9.20.1',
  ]);
});

test('Ubuntu Pro says what its repair is, and that a package has it', () => {
  const os = { id: 'ubuntu', versionId: '18.04', idLike: ['debian'] };
  const advisory = advisoryOf({ id: 'UBUNTU-CVE-2024-1', upstream: ['CVE-2024-1'] });
  const rows = [
    affectedOf(advisory, 'Ubuntu:18.04:LTS', 'curl'),
    affectedOf(advisory, 'Ubuntu:Pro:18.04:LTS', 'curl', '7.58.0-2ubuntu3.24+esm1'),
  ];
  const patched = packageOf('deb', 'curl', '7.58.0-2ubuntu3.24+esm1');
  const open = packageOf('deb', 'curl', '7.58.0-2ubuntu3.24');
  assert.deepEqual(shown(matchAll(os, rows, open).findings), ['CVE-2024-1 curl 7.58.0-2ubuntu3.24+esm1']);
  assert.deepEqual(shown(matchAll(os, rows, patched).findings), []);
});
