import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { UnknownKind } from '#model/unknown.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { assertSameContent, scanToAllFormats } from '../fixtures/valid-outputs.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'report/json',
  'published',
  'reports of real Alpine, Debian, Ubuntu and BusyBox images, held against the schema',
);
evidence('report/table', 'published', 'the screens of real images at 80 columns, with every finding of the report');
evidence('scan/unknowns', 'published', 'real images of which something cannot be known, by the kind of it');
evidence('report/sarif', 'published', 'reports of real images, held against the schema');
evidence('sbom/cyclonedx', 'published', 'reports of real images, held against the schemas of 1.5, 1.6 and 1.7');
evidence('sbom/spdx', 'published', 'reports of real images, held against the schema');

const home = temporaryHome();
after(() => home.remove());
const skip = missing('shared-data');

interface Sample {
  readonly path: string;
  readonly scheme: 'rootfs' | 'docker-archive' | 'oci-archive';
  readonly options?: readonly string[];
  readonly leastFindings?: number;
  /** Beside the advisories of distributions, which are all of years ago. */
  readonly unknowns: readonly UnknownKind[];
}

const SAMPLES: readonly Sample[] = [
  { path: 'pkgdb/alpine-3.7.0', scheme: 'rootfs', leastFindings: 6, unknowns: ['stale-advisories'] },
  {
    path: 'pkgdb/alpine-3.4-with-faults',
    scheme: 'rootfs',
    leastFindings: 1,
    unknowns: ['stale-advisories', 'version'],
  },
  {
    path: 'rootfs/alpine-3.20.3-x86_64.tar.gz',
    scheme: 'rootfs',
    unknowns: ['no-advisories', 'stale-advisories'],
  },
  // BusyBox is recognised, and there are no advisories for what nobody packaged.
  {
    path: 'rootfs/busybox-1.38.0-musl-x86_64.tar.gz',
    scheme: 'rootfs',
    unknowns: ['no-advisories', 'no-package-database'],
  },
  { path: 'pkgdb/ubuntu-18.04', scheme: 'rootfs', unknowns: ['no-advisories'] },
  {
    path: 'spec/images/docker-archives/docker-save/nginx.tar',
    scheme: 'docker-archive',
    options: ['--allow-unverified', 'edited'],
    leastFindings: 50,
    unknowns: ['integrity', 'stale-advisories'],
  },
  {
    path: 'spec/images/pnpm/pnpmlockv9.tar',
    scheme: 'oci-archive',
    options: ['--platform', 'all'],
    unknowns: ['no-advisories', 'stale-advisories'],
  },
  {
    path: 'spec/images/docker-archives/skopeo-copy/nodes-fake-multi.tar',
    scheme: 'docker-archive',
    options: ['--fail-on', 'low'],
    unknowns: ['no-advisories', 'unreadable'],
  },
];

for (const { path, scheme, options = [], leastFindings = 0, unknowns } of SAMPLES) {
  test(`every output of ${path} is valid, and all say the same`, { skip }, async () => {
    const outputs = await scanToAllFormats(home, [`${scheme}:${data(path)}`, ...options]);
    assertSameContent(outputs);
    const { report, screen, bom, spdx } = outputs;
    assert.ok(report.findings.length >= leastFindings, `${report.findings.length} findings`);
    assert.deepEqual([...new Set(report.unknowns.map(({ kind }) => kind))].toSorted(), unknowns);
    assert.equal(bom.compositions?.[0]?.aggregate, 'incomplete');
    assert.equal(spdx.relationships.at(-1)?.relatedSpdxElement, 'NOASSERTION');
    for (const line of screen.split('\n')) {
      assert.ok(line.length <= 80, line);
    }
    for (const { id, package: item } of report.findings) {
      assert.ok(screen.includes(id) && screen.includes(`${item.name} ${item.version}`), `${id} in ${item.name}`);
    }
  });
}
