import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { writeTar } from '../fixtures/tar-writer.ts';
import { data, missing } from '../prerequisites.ts';

evidence('images/platforms', 'published', 'Alpine 3.20.3 for x86_64 and aarch64 in one index');
evidence('images/rootfs-tarball', 'real tool', 'an Alpine root file system compressed again by xz and zstd');

const home = temporaryHome();
after(() => home.remove());
const skip = missing('shared-data');

const X86_64 = 'rootfs/alpine-3.20.3-x86_64.tar.gz';
const AARCH64 = 'rootfs/alpine-3.20.3-aarch64.tar.gz';

async function layoutOfTwo(): Promise<string> {
  const layout = join(home.folder, 'two-platforms');
  await writeOciLayout(layout, {
    tag: '3.20',
    images: [
      { platform: { os: 'linux', architecture: 'amd64' }, layers: [{ tar: tarOf(X86_64) }] },
      { platform: { os: 'linux', architecture: 'arm64' }, layers: [{ tar: tarOf(AARCH64), compression: 'zstd' }] },
    ],
  });
  return `oci:${layout}:3.20`;
}

function tarOf(path: string): Buffer {
  return gunzipSync(readFileSync(data(path)));
}

test('an index: the platform is chosen, said, and refused when it is not there', { skip }, async () => {
  const reference = await layoutOfTwo();
  const architectures = async (...args: readonly string[]): Promise<readonly (string | undefined)[]> => {
    const report = await home.report(reference, ...args);
    return [...new Set(report.packages.map((item) => item.architecture))];
  };
  assert.deepEqual(await architectures('--platform', 'linux/arm64'), ['aarch64']);
  assert.deepEqual(await architectures('--platform', 'linux/amd64'), ['x86_64']);
  const screen = await home.plimsoll(['scan', reference, '--platform', 'linux/arm64']);
  assert.match(screen.out, /platform linux\/arm64.*linux\/amd64/);
  const absent = await home.plimsoll(['scan', reference, '--platform', 'linux/s390x']);
  assert.equal(absent.code, 3);
  assert.match(absent.err, /expected linux\/s390x, found linux\/amd64, linux\/arm64/);
});

test('--platform all scans each, and one refusal refuses', { skip }, async () => {
  const layout = join(home.folder, 'one-refused');
  const installed = ['etc/os-release', 'lib/apk/db/installed'].map((path) => ({
    path,
    content: readFileSync(data(`pkgdb/alpine-3.7.0/${path}`)),
  }));
  await writeOciLayout(layout, {
    images: [
      { platform: { os: 'linux', architecture: 'amd64' }, layers: [{ tar: tarOf(X86_64) }] },
      { platform: { os: 'linux', architecture: 'arm64' }, layers: [{ tar: writeTar(installed) }] },
    ],
  });
  const reference = `oci:${layout}`;
  const outcome = await home.plimsoll(['scan', reference, '--platform', 'all', '-o', 'json', '--fail-on', 'low']);
  assert.equal(outcome.code, 1, outcome.err);
  const reports = JSON.parse(outcome.out) as readonly Report[];
  assert.deepEqual(
    reports.map((report) => report.image.platform),
    ['linux/amd64', 'linux/arm64'],
  );
  assert.deepEqual(
    reports.map((report) => report.gate?.outcome),
    ['unknown', 'refused'],
  );
  const first = ['scan', reference, '--platform', 'linux/amd64', '--fail-on', 'low'];
  assert.equal((await home.plimsoll(first)).code, 3);
  const screen = await home.plimsoll(['scan', reference, '--platform', 'all']);
  assert.match(screen.out, /linux\/amd64[\s\S]*linux\/arm64/);
});

test('a root file system is the same in every compression, and the same layer as in a layout', {
  skip: skip || missing('gnu-tar'),
}, async () => {
  const plain = join(home.folder, 'alpine.tar');
  writeFileSync(plain, tarOf(X86_64));
  execFileSync('xz', ['-k', plain]);
  execFileSync('zstd', ['-q', plain]);
  const layout = await home.report(await layoutOfTwo(), '--platform', 'linux/amd64');
  assert.ok(layout.packages.length >= 14);
  for (const path of [data(X86_64), plain, `${plain}.xz`, `${plain}.zst`]) {
    const report = await home.report(`rootfs:${path}`);
    assert.deepEqual(report.packages, layout.packages, path);
    assert.deepEqual(report.unknowns, layout.unknowns, path);
    assert.equal(report.image.layers[0]?.diffId, layout.image.layers[0]?.diffId, path);
  }
});
