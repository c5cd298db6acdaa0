import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packagePurl } from '#model/purl.ts';
import { catalogerContract } from '../contract.ts';
import { pub } from './index.ts';

const PATH = 'root/.pub-cache/hosted/pub.dev/shelf_io-1.4.2+3/pubspec.yaml';
const CHECKOUT = `root/.pub-cache/git/anchor-${'0123456789'.repeat(4)}/pubspec.yaml`;
const EXAMPLE = `# comment
name: shelf_io
version: 1.4.2+3
description: >-
  name: other
  version: 9
environment: {sdk: ^3.0.0}
`;
const RECORD = { type: 'pub', name: 'shelf_io', version: '1.4.2+3', licenses: [] };

catalogerContract(pub, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string, path: string = PATH): ReturnType<typeof pub.read> {
  return pub.read({ path, bytes: Buffer.from(text) });
}

test('descriptions in a cache are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    [CHECKOUT, true],
    ['hosted/pub.dev/a-1/pubspec.yaml', true],
    [CHECKOUT.replace('root/.pub-cache/', ''), true],
    ['cache/hosted/pub.dartlang.org/a-0.0.1/pubspec.yaml', true],
    ['cache/hosted/pub.dev/a-1.0.0/example/pubspec.yaml', false],
    ['cache/hosted/pub.dev/a-b/pubspec.yaml', false],
    ['cache/hosted/pub.dev/a/pubspec.yaml', false],
    ['cache/hosted/pub.dev/-1/pubspec.yaml', false],
    ['cache/hosted/pub.dev/a-/pubspec.yaml', false],
    ['cache/hosted/a-1.0.0/pubspec.yaml', false],
    ['cache/xhosted/pub.dev/a-1.0.0/pubspec.yaml', false],
    ['cache/git/cache/pubspec.yaml', false],
    [CHECKOUT.replace('0123', '012g'), false],
    [CHECKOUT.replace('anchor-', 'anchor'), false],
    ['srv/app/pubspec.yaml', false],
    ['pubspec.yaml', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(pub.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a package of a server is called as its folder is', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [RECORD] });
  assert.deepEqual(read('{name: shelf_io, version: 1.4.2+3}'), { packages: [RECORD] });
  for (const text of ['name: other\nversion: 1.4.2+3\n', 'name: shelf_io\nversion: 1.4.2\n']) {
    assert.deepEqual(read(text), {
      packages: [RECORD],
      unknowns: ['Dart package that says another name or version'],
    });
  }
});

test('another server is part of the package URL', () => {
  const servers: readonly (readonly [string, string | undefined])[] = [
    ['pub.dev', undefined],
    ['pub.dartlang.org', undefined],
    ['dart.example.org%47a%124b', 'https://dart.example.org/a|b'],
    ['http%58%47%47example.org%588080', 'http://example.org:8080'],
    ['localhost%588080', 'localhost:8080'],
  ];
  for (const [server, address] of servers) {
    const [record] = read(EXAMPLE, PATH.replace('pub.dev', server)).packages ?? [];
    assert.equal(record?.qualifiers?.['repository_url'], address);
    assert.ok(record !== undefined);
    assert.ok(packagePurl(record, null).startsWith('pkg:pub/shelf_io@1.4.2%2B3'));
  }
});

test('a checkout is what it says itself', () => {
  const said: readonly (readonly [string, string, string])[] = [
    ['name: anchor\nversion: 1.2.3', 'anchor', '1.2.3'],
    ['\ufeffname : "anchor" # x\r\nversion:  \'1.2.3-dev.1\' # y\r\n', 'anchor', '1.2.3-dev.1'],
    ['version: 1.0.0 # x\nname: a\nname: b\nversion: 2\n', 'a', '1.0.0'],
    ['versions: 3\nname_of: x\nname: a\nversion: 0', 'a', '0'],
  ];
  for (const [text, name, version] of said) {
    assert.deepEqual(read(text, CHECKOUT), { packages: [{ type: 'pub', name, version, licenses: [] }] }, text);
  }
  for (const text of [
    'name: a',
    'name: a\nversion: latest',
    'name: a\nversion: "1',
    `name: a\nversion: ${'1'.repeat(2000)}`,
  ]) {
    const { packages, unknowns } = read(text, CHECKOUT);
    assert.equal(packages?.[0]?.version, '', text.slice(0, 40));
    assert.deepEqual(unknowns, ['Dart package without a version'], text.slice(0, 40));
  }
});

test('a checkout without a name is an error', () => {
  for (const text of ['', 'version: 1.0.0', 'name:', 'name: [a]', 'name: 1a', 'name: a-b', ' name: a']) {
    assert.throws(() => read(text, CHECKOUT), { code: 'PACKAGE_METADATA_INVALID', object: CHECKOUT }, text);
  }
});
