import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { ALMA, matchAll, packageOf, RHEL, shown } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';

evidence(
  'advisories/matching',
  'self-made',
  'rows of rpm distributions: names, modules, architectures, epochs, carets',
);

const BASE = 'Red Hat:enterprise_linux:8::baseos';
const APPS = 'Red Hat:enterprise_linux:8::appstream';

function rpm(name: string, version: string, source: string, more: Partial<Package> = {}): Package {
  const at = source.lastIndexOf('-', source.lastIndexOf('-') - 1);
  return packageOf('rpm', name, version, {
    source: { name: source.slice(0, at), version: source.slice(at + 1) },
    architecture: 'x86_64',
    ...more,
  });
}

function row(id: string, ecosystem: string, name: string, fixed?: string, more: Partial<Affected> = {}): Affected {
  return { ...affectedOf(advisoryOf({ id }), ecosystem, name, fixed), ...more };
}

describe('rule 2: Red Hat and what is built from it', () => {
  const nodejs = rpm('nodejs', '1:12.20.0-1.module_el8+1', 'nodejs-12.20.0-1.module_el8+1', {
    module: 'nodejs:12:8030020201124152102:229f0a1c',
  });
  const npm = rpm('npm', '1:6.14.8-1.12.20.0.1.module_el8+1', 'nodejs-12.20.0-1.module_el8+1', {
    module: 'nodejs:12:8030020201124152102:229f0a1c',
  });

  test('what is said of a binary package comes before what is said of its source', () => {
    const rows = [row('RHSA-1', BASE, 'openssl', '1:1.1.1k-9'), row('RHSA-1', BASE, 'openssl-libs', '1:1.1.1k-5')];
    const libs = rpm('openssl-libs', '1:1.1.1k-6', 'openssl-1.1.1k-6');
    assert.deepEqual(shown(matchAll(RHEL, rows, libs).findings), []);
    assert.deepEqual(shown(matchAll(RHEL, rows.slice(0, 1), libs).findings), ['RHSA-1 openssl-libs 1:1.1.1k-9']);
  });

  test('an advisory for a stream of a module is about packages of that stream alone', () => {
    const rows = [
      row('RHSA-12', APPS, 'nodejs', '1:12.21.0-1.module+el8', { module: 'nodejs:12' }),
      row('RHSA-14', APPS, 'nodejs', '1:14.16.0-2.module+el8', { module: 'nodejs:14' }),
      row('RHSA-0', APPS, 'nodejs', '1:18.0.0-1.el8'),
    ];
    assert.deepEqual(shown(matchAll(RHEL, rows, nodejs, npm).findings), [
      'RHSA-12 nodejs 1:12.21.0-1.module+el8',
      'RHSA-12 npm 1:12.21.0-1.module+el8',
    ]);
    const plain = rpm('nodejs', '1:10.0.0-1.el8', 'nodejs-10.0.0-1.el8');
    assert.deepEqual(shown(matchAll(RHEL, rows, plain).findings), ['RHSA-0 nodejs 1:18.0.0-1.el8']);
  });

  test('where only releases tell modules, the summary names the stream; without it nothing is decided', () => {
    const named = (id: string, summary: string, fixed: string): Affected =>
      affectedOf(advisoryOf({ id, summary }), 'AlmaLinux:8', 'nodejs', fixed);
    const rows = [
      named('ALSA-12', 'Important: nodejs:12 security update', '1:12.21.0-1.module_el8+2'),
      named('ALSA-14', 'Important: nodejs:14 security, bug fix and enhancement update', '1:14.16.0-2.module_el8+2'),
    ];
    assert.deepEqual(shown(matchAll(ALMA, rows, nodejs).findings), ['ALSA-12 nodejs 1:12.21.0-1.module_el8+2']);
    const nameless = [named('ALSA-1', 'Important: an update', '1:14.16.0-2.module_el8+2')];
    const { findings, unknowns } = matchAll(ALMA, nameless, nodejs);
    assert.deepEqual(findings, []);
    assert.match(unknowns[0]?.reason ?? '', /nothing says of which stream of a module the advisory is/);
  });

  test('an advisory for other architectures is about none of these', () => {
    const rows = [row('RHSA-1', BASE, 'kernel-rt', '5', { architectures: ['s390x', 'ppc64le'] })];
    assert.deepEqual(shown(matchAll(RHEL, rows, rpm('kernel-rt', '4.18.0-1', 'kernel-rt-4.18.0-1')).findings), []);
    const own = [row('RHSA-1', BASE, 'kernel-rt', '5', { architectures: ['x86_64'] })];
    assert.equal(matchAll(RHEL, own, rpm('kernel-rt', '4.18.0-1', 'kernel-rt-4.18.0-1')).findings.length, 1);
  });

  test('of several repairs of one vulnerability the newest counts', () => {
    const about = (id: string, fixed: string): Affected =>
      affectedOf(advisoryOf({ id, upstream: ['CVE-2024-1'] }), BASE, 'bash', fixed);
    const rows = [about('RHSA-1', '0:4.4.20-3.el8'), about('RHSA-2', '0:4.4.20-5.el8')];
    assert.deepEqual(shown(matchAll(RHEL, rows, rpm('bash', '4.4.20-2.el8', 'bash-4.4.20-2.el8')).findings), [
      'CVE-2024-1 bash 0:4.4.20-5.el8',
    ]);
  });

  test('what one product says is not affected may be affected in another', () => {
    const rows = [
      row('CVE-2024-1', BASE, 'bash', undefined, { state: 'not_affected' }),
      row('CVE-2024-1', APPS, 'bash', undefined, { state: 'will_not_fix' }),
    ];
    const bash = rpm('bash', '4.4.20-2.el8', 'bash-4.4.20-2.el8');
    assert.deepEqual(
      matchAll(RHEL, rows, bash).findings.map(({ id, state }) => [id, state]),
      [['CVE-2024-1', 'will_not_fix']],
    );
    assert.deepEqual(matchAll(RHEL, rows.slice(0, 1), bash).findings, []);
  });
});

test('rule 3: the name of a source package has no epoch, and what one side lacks is compared by neither', () => {
  const errno = rpm('perl-Errno', '0:1.28-419.el8', 'perl-5.26.3-419.el8');
  const perl = [row('RHSA-1', BASE, 'perl', '4:5.26.3-420.el8')];
  assert.deepEqual(shown(matchAll(RHEL, perl, errno).findings), ['RHSA-1 perl-Errno 4:5.26.3-420.el8']);
  const repaired = [row('RHSA-1', BASE, 'perl', '4:5.26.3-419.el8')];
  assert.deepEqual(shown(matchAll(RHEL, repaired, errno).findings), []);
  const unsaid = [row('ALSA-1', BASE, 'bind', '9.11.36-3.el8')];
  assert.deepEqual(shown(matchAll(RHEL, unsaid, rpm('bind', '32:9.11.36-5.el8', 'bind-9.11.36-5.el8')).findings), []);
  assert.equal(matchAll(RHEL, unsaid, rpm('bind', '32:9.11.26-5.el8', 'bind-9.11.26-5.el8')).findings.length, 1);
});

test('rule 3: epochs count where both sides have one, and a package without one has 0', () => {
  const rows = [row('RHSA-1', BASE, 'bind', '32:9.11.36-3.el8')];
  const older = rpm('bind', '31:9.16.1-1.el8', 'bind-9.16.1-1.el8');
  const without = rpm('bind', '9.16.1-1.el8', 'bind-9.16.1-1.el8');
  assert.equal(matchAll(RHEL, rows, older, without).findings.length, 2);
});

test('rule 4: a caret is newer than what it follows, a tilde older', () => {
  const fixed = (version: string): readonly Affected[] => [row('RHSA-1', BASE, 'podman', version)];
  const podman = (version: string): Package => rpm('podman', version, `podman-${version}`);
  assert.deepEqual(shown(matchAll(RHEL, fixed('2:1.0-1'), podman('2:1.0^20240101-1')).findings), []);
  assert.equal(matchAll(RHEL, fixed('2:1.0^20240101-1'), podman('2:1.0-1')).findings.length, 1);
  // And older than whatever continues that.
  assert.equal(matchAll(RHEL, fixed('2:1.0.1-1'), podman('2:1.0^20240101-1')).findings.length, 1);
  assert.equal(matchAll(RHEL, fixed('2:1.0-1'), podman('2:1.0~rc1-1')).findings.length, 1);
  assert.deepEqual(shown(matchAll(RHEL, fixed('2:1.0~rc1-1'), podman('2:1.0-1')).findings), []);
});
