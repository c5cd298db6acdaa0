import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { nativeImage } from '#test/fixtures/native-image.ts';
import { elfProgram } from '#test/fixtures/programs.ts';
import { catalogerContract } from '../contract.ts';
import { graalvm } from './index.ts';

evidence('catalogers/graalvm', 'self-made', 'programs with a document where the manual of Native Image says');

const PATH = 'opt/app/server';
const JAVA = { type: 'generic', name: 'openjdk', version: '25.0.1', confidence: 'inferred' } as const;
const NO_DOCUMENT = 'a native image of GraalVM that does not say which libraries are in it';

function component(group: string, name: string, version: string): object {
  return {
    type: 'library',
    'bom-ref': `${group}:${name}:${version}`,
    group,
    name,
    version,
    purl: `pkg:maven/${group}/${name}@${version}`,
  };
}

const DOCUMENT = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: {
    tools: { components: [component('org.graalvm.sdk', 'nativeimage', '25.0.1')] },
    component: component('com.example', 'server', '1.0.0'),
  },
  components: [
    component('com.example', 'server', '1.0.0'),
    { ...component('org.json', 'json', '20211205'), components: [{ type: 'library', name: 'a.module' }] },
    component('commons-validator', 'commons-validator', '1.9.0'),
  ],
  dependencies: [
    { ref: 'com.example:server:1.0.0', dependsOn: ['org.json:json:20211205', 'somebody:else:1'] },
    { ref: 'org.json:json:20211205', dependsOn: [] },
  ],
};

const text = JSON.stringify(DOCUMENT);

catalogerContract(graalvm, { example: { path: PATH, bytes: nativeImage({ document: text }) } });

function read(bytes: Uint8Array): ReturnType<typeof graalvm.read> {
  return graalvm.read({ path: PATH, bytes });
}

function librariesOf(document: object): readonly string[] {
  const { packages = [] } = read(nativeImage({ document: JSON.stringify(document) }));
  return packages.filter(({ type }) => type === 'maven').map(({ name, version }) => `${name} ${version}`);
}

test('the libraries and what they need are those of the document, whichever table of symbols names it', () => {
  for (const table of ['.dynsym', '.symtab'] as const) {
    const { packages = [], unknowns } = read(nativeImage({ document: text, table }));
    assert.equal(unknowns, undefined);
    assert.deepEqual(packages[0], { ...JAVA, vendor: 'Oracle GraalVM 25.0.1+8.1', licenses: [] });
    assert.deepEqual(
      packages.slice(1).map(({ name, version, requires, confidence }) => [name, version, requires, confidence]),
      [
        ['com.example:server', '1.0.0', ['org.json:json 20211205'], undefined],
        ['org.json:json', '20211205', undefined, undefined],
        ['commons-validator:commons-validator', '1.9.0', undefined, undefined],
      ],
    );
  }
});

test('a native image without a document is an unknown', () => {
  const { packages, unknowns } = read(nativeImage());
  assert.deepEqual(packages, [{ ...JAVA, vendor: 'Oracle GraalVM 25.0.1+8.1', licenses: [] }]);
  assert.deepEqual(unknowns, [NO_DOCUMENT]);
  const silent = read(nativeImage({ texts: 'com.oracle.svm.core.VM.Java.Version=?\0' }));
  assert.deepEqual(silent, {
    unknowns: [NO_DOCUMENT, 'a native image of GraalVM that does not say which Java is in it'],
  });
});

test('other programs are none of these, whatever their symbols are called', () => {
  assert.deepEqual(read(elfProgram({ sections: new Map([['.data', Buffer.from('x')]]) })), {});
  assert.deepEqual(read(Buffer.from('#!/bin/sh\n')), {});
  assert.equal(graalvm.wants({ path: 'usr/lib/libz.so.1', mode: 0o644, size: 10 }), false);
});

test('coordinates of documents without package URLs count, other packages do not', () => {
  const components = [
    { type: 'library', group: 'io.netty', name: 'netty-buffer', version: '4.1.76.Final' },
    { type: 'library', name: 'unnamed', version: '1' },
    { type: 'library', group: 'a', name: 'b', version: '1', purl: 'pkg:npm/b@1' },
    { type: 'library', group: 'a', name: 'c', version: '1', purl: 'no purl' },
    { type: 'library', group: 'a' },
    7,
  ];
  const document = { bomFormat: 'CycloneDX', components };
  assert.deepEqual(librariesOf(document), ['io.netty:netty-buffer 4.1.76.Final', 'unnamed 1']);
  assert.deepEqual(read(nativeImage({ document: JSON.stringify(document) })).unknowns, [
    'component 3 and 3 more: expected coordinates of Maven',
  ]);
});

test('what thousands of components call themselves alike is needed by one of them', () => {
  const same = { ...component('a', 'b', '1'), 'bom-ref': 'same' };
  const components = Array.from({ length: 2000 }, (_, index) => ({ ...same, purl: `pkg:maven/a/b${index}@1` }));
  const dependsOn = components.map(() => 'same');
  const document = { bomFormat: 'CycloneDX', components, dependencies: [{ ref: 'same', dependsOn }] };
  const { packages = [] } = read(nativeImage({ document: JSON.stringify(document) }));
  assert.equal(packages.filter(({ requires }) => requires !== undefined).length, 1);
});

test('a document that cannot be read is an error, never an empty list', () => {
  for (const [why, bytes, code] of [
    ['longer than its section', nativeImage({ document: text, length: 1_000_000n }), 'PACKAGE_METADATA_INVALID'],
    ['longer than any file', nativeImage({ document: text, length: 2n ** 64n - 1n }), 'PACKAGE_METADATA_INVALID'],
    ['cut off', nativeImage({ document: text, length: 20n }), 'PACKAGE_METADATA_INVALID'],
    ['another format', nativeImage({ document: '{"spdxVersion": "SPDX-2.3"}' }), 'PACKAGE_METADATA_INVALID'],
    ['no components', nativeImage({ document: '{"bomFormat": "CycloneDX"}' }), 'PACKAGE_METADATA_INVALID'],
    ['no JSON', nativeImage({ document: 'text' }), 'JSON_INVALID'],
    ['a bomb', nativeImage({ document: ' '.repeat(65 * 2 ** 20) }), 'PACKAGE_METADATA_INVALID'],
  ] as const) {
    assert.throws(() => read(bytes), { code, object: PATH }, why);
  }
});
