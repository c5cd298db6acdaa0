import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { assertSameContent, scanToAllFormats } from '../fixtures/valid-outputs.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'report/json',
  'published',
  'reports of real Alpine, Debian, Ubuntu and BusyBox images, held against the schema',
);
evidence('report/sarif', 'published', 'reports of real images, held against the schema');
evidence('sbom/cyclonedx', 'published', 'reports of real images, held against the schema');

const home = temporaryHome();
after(() => home.remove());
const skip = missing('shared-data');

const IMAGES: readonly (readonly [reference: string, findings: number, ...options: readonly string[]])[] = [
  [`rootfs:${data('pkgdb/alpine-3.7.0')}`, 6],
  [`rootfs:${data('pkgdb/alpine-3.4-with-faults')}`, 1],
  [`rootfs:${data('rootfs/alpine-3.20.3-x86_64.tar.gz')}`, 0],
  [`rootfs:${data('rootfs/busybox-1.38.0-musl-x86_64.tar.gz')}`, 0],
  [`rootfs:${data('pkgdb/ubuntu-18.04')}`, 0],
  [`docker-archive:${data('spec/images/docker-archives/docker-save/nginx.tar')}`, 50, '--allow-unverified', 'edited'],
  [`oci-archive:${data('spec/images/pnpm/pnpmlockv9.tar')}`, 0, '--platform', 'all'],
  [`docker-archive:${data('spec/images/docker-archives/skopeo-copy/nodes-fake-multi.tar')}`, 0, '--fail-on', 'low'],
];

for (const [reference, findings, ...options] of IMAGES) {
  const name = reference.split('/').slice(-1).join('');
  test(`json, sarif and cyclonedx of ${name} are valid and hold the same`, { skip }, async () => {
    const outputs = await scanToAllFormats(home, [reference, ...options]);
    assertSameContent(outputs);
    assert.ok(outputs.report.findings.length >= findings, `${outputs.report.findings.length} findings`);
    assert.equal(outputs.report.unknowns.length > 0, outputs.bom.compositions?.[0]?.aggregate === 'incomplete');
  });
}
