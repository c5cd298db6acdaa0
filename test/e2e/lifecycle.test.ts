import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { writeDebianRoot } from '../fixtures/debian-oracle.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence('advisories/lifecycle', 'published', "Debian's package distro-info-data, for the database of a Debian 9");

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-lifecycle-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const CONFIGURATION = 'apiVersion: plimsoll.dev/v1\nkind: Advisories\nsources:\n';
const STATUS = `Package: bash
Status: install ok installed
Architecture: amd64
Maintainer: Matthias Klose <doko@debian.org>
Version: 5.2.15-2+b2
`;

function configuration(name: string, ...sources: readonly string[]): { readonly PLIMSOLL_ADVISORIES: string } {
  const path = join(folder, name);
  writeFileSync(path, `${CONFIGURATION}${sources.map((source) => `  - ${source}\n`).join('')}`);
  return { PLIMSOLL_ADVISORIES: path };
}

const advisories = `{ provider: osv, folder: "${data('osv')}" }`;
const dates = '{ provider: distro-info, folder: /usr/share/distro-info }';

test('a Debian that nobody repairs any more is a finding, which --fail-on counts', {
  skip: missing('shared-data', 'distro-info-data'),
}, async () => {
  const root = join(folder, 'debian-9');
  writeDebianRoot(root, Buffer.from(STATUS), '9');
  const env = configuration('dates.yaml', advisories, dates);
  const { out, err } = await home.plimsoll(['scan', `rootfs:${root}`, '-o', 'json'], env);
  const report = JSON.parse(out || err) as Record<string, readonly Record<string, unknown>[]>;
  const release = {
    product: 'debian',
    release: '9',
    codename: 'Stretch',
    released: '2017-06-17',
    endOfLife: '2020-07-18',
    extendedUntil: '2022-06-30',
    ended: false,
    latest: null,
  };
  assert.deepEqual(report['lifecycle'], [{ ...release, package: null, status: 'ended' }]);
  const ended = report['findings']?.filter(({ kind }) => kind === 'end-of-life') ?? [];
  assert.deepEqual(
    ended.map(({ id, severity, lifecycle }) => ({ id, severity, lifecycle })),
    [{ id: 'end-of-life/debian-9', severity: 'high', lifecycle: release }],
  );
  assert.ok(
    report['advisories']?.some(({ ecosystem, provider }) => ecosystem === 'Lifecycle' && provider === 'distro-info'),
  );
  const gated = ['scan', `rootfs:${root}`, '--allow-unknown', 'old data', '--fail-on'];
  const high = await home.plimsoll([...gated, 'high'], env);
  assert.equal(high.code, 1, high.err);
  assert.match(high.out, /LIFECYCLE\n! debian 9 \(Stretch\): END OF LIFE since 2022-06-30/);
  assert.match(high.out, /Past its end of life: debian 9\./);
  assert.equal((await home.plimsoll([...gated, 'critical'], env)).code, 0);
  const sarif = await home.plimsoll(['scan', `rootfs:${root}`, '-o', 'sarif'], env);
  assert.match(sarif.out, /end-of-life\/debian-9/);
});

test('nobody asked says nothing, and dates that cannot be had are not known', {
  skip: missing('shared-data', 'distro-info-data'),
}, async () => {
  const root = join(folder, 'again');
  writeDebianRoot(root, Buffer.from(STATUS), '9');
  const silent = await home.report(`rootfs:${root}`);
  assert.equal(silent.lifecycle, undefined);
  assert.ok(silent.findings.every(({ kind }) => kind !== 'end-of-life'));
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const env = configuration('empty.yaml', advisories, `{ provider: distro-info, folder: "${empty}" }`);
  const { out } = await home.plimsoll(['scan', `rootfs:${root}`, '-o', 'json'], env);
  const report = JSON.parse(out) as typeof silent;
  assert.deepEqual(report.lifecycle, []);
  assert.ok(
    report.unknowns.some(({ reason }) => reason.includes('Lifecycle')),
    JSON.stringify(report.unknowns),
  );
});

test('a distribution of which nobody knows dates is said, and hides nothing', {
  skip: missing('shared-data', 'distro-info-data'),
}, async () => {
  const root = join(folder, 'wolfi');
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'lib/apk/db'), { recursive: true });
  writeFileSync(join(root, 'etc/os-release'), 'ID=wolfi\nVERSION_ID="20230201"\n');
  writeFileSync(join(root, 'lib/apk/db/installed'), 'P:busybox\nV:1.37.0-r0\nA:x86_64\n\n');
  const env = configuration('wolfi.yaml', advisories, dates);
  const { out } = await home.plimsoll(['scan', `rootfs:${root}`], env);
  assert.match(out, /LIFECYCLE\n {2}wolfi: nobody says how long it is supported/);
  assert.doesNotMatch(out, /END OF LIFE/);
});
