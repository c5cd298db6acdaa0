import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import type { Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { imageOf, layerOf } from '#test/fixtures/layers.ts';
import { matchAll } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import { data, missing } from '#test/prerequisites.ts';
import { assembleInventory } from './inventory.ts';

evidence('advisories/matching', 'published', 'packages of the published RPM databases of SUSE and CBL-Mariner');

const catalogers = await loadCatalogers();

const SYSTEMS = [
  {
    name: 'sle15-bci/Packages.db',
    path: 'usr/lib/sysimage/rpm/Packages.db',
    release: 'ID="sles"\nVERSION_ID="15.3"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP3"\n',
    ecosystem: 'SUSE:Linux Enterprise Module for Basesystem 15 SP3',
  },
  {
    name: 'cbl-mariner-2.0/rpmdb.sqlite',
    path: 'var/lib/rpm/rpmdb.sqlite',
    release: 'ID=mariner\nVERSION_ID="2.0"\n',
    ecosystem: 'Azure Linux:2',
  },
] as const;

/** One advisory for every source package that is there. */
function rowsOf(
  packages: readonly Package[],
  ecosystem: string,
  fix: (version: string) => string,
): readonly Affected[] {
  const sources = new Map(
    packages.flatMap(({ source }) => (source === undefined ? [] : [[source.name, source.version]])),
  );
  return [...sources].map(([name, version]) =>
    affectedOf(advisoryOf({ id: `TEST-${name}` }), ecosystem, name, fix(version)),
  );
}

describe('every package of a real database', { skip: missing('shared-data') }, () => {
  for (const { name, path, release, ecosystem } of SYSTEMS) {
    test(`${name}: is affected below a fix of its source, and not at it`, async (t) => {
      const content = gunzipSync(readFileSync(data(`spec/rpmdb/${name}.gz`)));
      const image = imageOf(
        layerOf([
          { path: 'etc/os-release', content: release },
          { path, content },
        ]),
      );
      const facts = await readImageFacts(image, catalogers, { integrity: 'require' });
      const { packages, os } = assembleInventory(facts, catalogers);
      const own = packages.filter(
        ({ type, source, thirdParty }) => type === 'rpm' && source !== undefined && thirdParty === undefined,
      );
      t.diagnostic(`${own.length} packages`);
      assert.ok(own.length > 20);
      const all = [(version: string) => `${version}.1`, (version: string) => `0:${version}^2`];
      for (const above of all) {
        const { findings, headers, unknowns } = matchAll(os, rowsOf(own, ecosystem, above), ...packages);
        assert.deepEqual(unknowns, []);
        assert.equal(findings.length + headers.length, own.filter((item) => !hasEpoch(item, above)).length);
      }
      const { findings, headers, known } = matchAll(
        os,
        rowsOf(own, ecosystem, (version) => version),
        ...packages,
      );
      assert.deepEqual([findings.length, headers.length], [0, 0]);
      assert.equal(known.size, new Set(own.map(({ purl }) => purl)).size);
    });
  }
});

/** A package that is called like its source says its epoch, which a bound of epoch 0 is below. */
function hasEpoch({ name, version, source }: Package, above: (version: string) => string): boolean {
  return above('1').startsWith('0:') && name === source?.name && version.includes(':') && !version.startsWith('0:');
}
