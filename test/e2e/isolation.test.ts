import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assess } from '#assess/index.ts';
import { systemClock } from '#base/clock.ts';
import { silentLog } from '#base/log.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryFolder } from '../fixtures/open-images.ts';
import { buildVoyageImage } from '../fixtures/voyage-image.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'scan/isolation',
  'real tool',
  'an image of real packages with layers by GNU tar, gzip and zstd, and published root file systems: the same report from processes',
);

/** Nothing of one scan is at hand for the other. */
async function scan(context: TestContext, reference: string, isolation: 'none' | 'process'): Promise<Report> {
  const [report, more] = await assess(reference, {
    tool: { name: 'plimsoll', version: 'test' },
    host: { os: 'linux', architecture: 'amd64' },
    integrity: 'require',
    isolation,
    home: join(temporaryFolder(context), 'home'),
    cacheBytes: 2 ** 30,
    advisories: null,
    clock: systemClock,
    signal: new AbortController().signal,
    log: silentLog,
    progress: () => undefined,
  });
  assert.ok(report !== undefined && more === undefined);
  return report;
}

async function assertSame(context: TestContext, reference: string, packages: number): Promise<void> {
  const [here, there] = [await scan(context, reference, 'none'), await scan(context, reference, 'process')];
  assert.deepEqual(there, here);
  assert.ok(here.packages.length >= packages, `${here.packages.length} packages`);
  assert.equal(here.content, 'read');
}

test('the voyage image, read in processes, gives the report that it gives otherwise', {
  skip: missing('shared-data', 'apt', 'python', 'gnu-tar'),
}, async (context) => {
  const image = await buildVoyageImage();
  context.after(() => image.remove());
  await assertSame(context, `oci:${image.layout}:voyage`, 20);
  await assertSame(context, `rootfs:${image.rootfs}`, 20);
});

test('published root file systems, read in processes, give the report that they give otherwise', {
  skip: missing('shared-data'),
}, async (context) => {
  await assertSame(context, `rootfs:${data('rootfs/alpine-3.20.3-x86_64.tar.gz')}`, 10);
});
