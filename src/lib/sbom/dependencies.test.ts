import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Package } from '#model/package.ts';
import { missing } from '#test/prerequisites.ts';
import { samplePackage, sampleReport } from '#test/samples/report.ts';
import { sbomValidator } from '#test/schemas.ts';
import { dependenciesOf } from './dependencies.ts';
import { cyclonedx } from './formats/cyclonedx/index.ts';
import type { SbomWriter } from './formats/format.ts';
import { spdx } from './formats/spdx/index.ts';

function sample(name: string, ...dependsOn: readonly string[]): Package {
  return { ...samplePackage('deb', name, '1', null), ...(dependsOn.length === 0 ? {} : { dependsOn }) };
}

const LIBRARY = sample('libc6');
const SHELL = sample('dash', LIBRARY.purl);
const TOOL = sample('tool', SHELL.purl, LIBRARY.purl, 'pkg:deb/debian/gone@1');
const PACKAGES: readonly Package[] = [SHELL, LIBRARY, TOOL];
const EDGES = ['dash libc6', 'tool dash', 'tool libc6'];

/** As every format writes them: the name of a package, and of one that it needs. */
const READERS: Readonly<Record<string, (document: never) => readonly string[]>> = {
  cyclonedx: (bom: {
    readonly components: readonly { readonly 'bom-ref': string; readonly name: string }[];
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  }) => {
    const names = new Map(bom.components.map((component) => [component['bom-ref'], component.name]));
    return bom.dependencies
      .slice(1)
      .flatMap(({ ref, dependsOn }) => dependsOn.map((to) => `${names.get(ref)} ${names.get(to)}`));
  },
  'spdx@2.3': (document: {
    readonly packages: readonly { readonly SPDXID: string; readonly name: string }[];
    readonly relationships: readonly Readonly<
      Record<'spdxElementId' | 'relationshipType' | 'relatedSpdxElement', string>
    >[];
  }) => {
    const names = new Map(document.packages.map(({ SPDXID, name }) => [SPDXID, name]));
    const needs = document.relationships.filter(({ relationshipType }) => relationshipType === 'DEPENDS_ON');
    return needs.map(
      ({ spdxElementId, relatedSpdxElement }) => `${names.get(spdxElementId)} ${names.get(relatedSpdxElement)}`,
    );
  },
  'spdx@3.0': (document: {
    readonly '@graph': readonly {
      readonly spdxId: string;
      readonly name?: string;
      readonly relationshipType?: string;
      readonly from: string;
      readonly to: readonly string[];
    }[];
  }) => {
    const graph = document['@graph'];
    const names = new Map(graph.map(({ spdxId, name }) => [spdxId, name]));
    const needs = graph.filter(({ relationshipType }) => relationshipType === 'dependsOn');
    return needs.flatMap(({ from, to }) => to.map((each) => `${names.get(from)} ${names.get(each)}`));
  },
};

describe('dependencies in documents', () => {
  const writers = new Map<string, SbomWriter>([...Object.entries(cyclonedx.writers), ...Object.entries(spdx.writers)]);
  for (const [name, writer] of writers) {
    const read = READERS[name] ?? READERS[name.split('@')[0] ?? ''];
    if (read === undefined) {
      continue;
    }
    it(`${name} holds them, and is valid`, { skip: missing('shared-data') }, () => {
      const document = JSON.parse(
        writer.write(sampleReport({ packages: PACKAGES, findings: [] }), { now: 0 }),
      ) as never;
      assert.deepEqual(read(document).toSorted(), EDGES);
      const isValid = sbomValidator(name);
      assert.ok(isValid(document), JSON.stringify(isValid.errors));
    });
  }
});

it('a dependency is to the first package of a purl, and never to the package itself', () => {
  const called = [SHELL, LIBRARY, LIBRARY].map((entry, index) => ({ entry, id: `${index}` }));
  assert.deepEqual(dependenciesOf(called), [{ from: '0', to: ['1'] }]);
  const self = sample('dash', SHELL.purl);
  assert.deepEqual(dependenciesOf([{ entry: self, id: 'a' }]), []);
});
