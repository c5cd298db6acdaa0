import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'advisories/unknown-distribution',
  'published',
  'Alpine minirootfs tarballs newer than the advisories, Ubuntu',
);

const home = temporaryHome();
after(() => home.remove());
const skip = missing('shared-data');

/** Images whose distribution the advisory mirror knows nothing of. */
const UNCOVERED: readonly (readonly [path: string, ecosystem: string])[] = [
  ['rootfs/alpine-3.14.10-x86_64.tar.gz', 'Alpine:v3.14'],
  ['rootfs/alpine-3.18.9-x86_64.tar.gz', 'Alpine:v3.18'],
  ['rootfs/alpine-3.20.3-x86_64.tar.gz', 'Alpine:v3.20'],
  ['rootfs/alpine-3.20.3-aarch64.tar.gz', 'Alpine:v3.20'],
  ['pkgdb/ubuntu-18.04', 'Ubuntu'],
];

for (const [path, ecosystem] of UNCOVERED) {
  test(`${path} is never called clean: there are no advisories for it`, { skip }, async () => {
    const reference = `rootfs:${data(path)}`;
    const report = await home.report(reference);
    assert.deepEqual(report.findings, []);
    const unknown = report.unknowns.find((candidate) => candidate.kind === 'no-advisories');
    assert.ok(unknown?.reason.includes(ecosystem), JSON.stringify(report.unknowns));
    const screen = await home.plimsoll(['scan', reference]);
    assert.match(screen.out, /no advisories/i);
    assert.doesNotMatch(screen.out, /no (known )?vulnerabilities|all have a fix/i);
    const gated = await home.plimsoll(['scan', reference, '--fail-on', 'critical']);
    assert.equal(gated.code, 3, gated.err);
    const allowed = await home.plimsoll(['scan', reference, '--fail-on', 'critical', '--allow-unknown', 'lab only']);
    assert.equal(allowed.code, 0, allowed.err);
  });
}

test('a distribution that Plimsoll does not know is an unknown', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-distribution-'));
  try {
    cpSync(data('pkgdb/ubuntu-18.04'), folder, { recursive: true });
    writeFileSync(join(folder, 'etc/os-release'), 'ID=plan9\nVERSION_ID=4\n');
    const report = await home.report(`rootfs:${folder}`);
    assert.ok(
      unknownReasons(report).some((reason) => reason.includes('plan9')),
      unknownReasons(report).join('\n'),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the package without a version is an unknown', { skip }, async () => {
  const report = await home.report(`rootfs:${data('pkgdb/alpine-3.4-with-faults')}`);
  const nameless = report.packages.filter((item) => item.version === '');
  assert.equal(nameless.length, 1);
  const [unknown, ...others] = report.unknowns.filter(({ kind }) => kind === 'version');
  assert.deepEqual(others, []);
  assert.equal(unknown?.reason, `apk package "${nameless[0]?.name}" has no version`);
  assert.ok(nameless[0]?.name);
});

test('--fail-on refuses with 1, and unrated findings reach every level', { skip }, async () => {
  const reference = `rootfs:${data('pkgdb/alpine-3.7.0')}`;
  const report = await home.report(reference);
  assert.ok(report.findings.length >= 6, `found ${report.findings.length}`);
  const gated = await home.plimsoll(['scan', reference, '--fail-on', 'critical', '--allow-unknown', 'old mirror']);
  assert.equal(gated.code, 1);
  assert.match(gated.out, /REFUSED/);
});

function unknownReasons(report: Report): readonly string[] {
  return report.unknowns.map((unknown) => unknown.reason);
}
