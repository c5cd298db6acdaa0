import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { buildPurl } from '#model/purl.ts';
import { catalogerContract } from '../contract.ts';
import { vcpkg } from './index.ts';

const PATH = 'srv/vcpkg_installed/vcpkg/status';
const EXAMPLE = `Package: vcpkg-cmake
Version: 2024-04-23
Architecture: x64-linux
Multi-Arch: same
Abi: 00
Status: install ok installed

Package: fmt
Version: 11.0.2
Port-Version: 1
Depends: vcpkg-cmake:x64-linux
Architecture: arm64-linux
Multi-Arch: same
Abi: 01
Description: Formatting library
    of more than one line.
Type: Port
Status: install ok installed

Package: curl
Version: 8.9.1
Depends: zlib
Architecture: arm64-linux
Multi-Arch: same
Status: install ok half-installed

Package: curl
Version: 8.9.1
Port-Version: 2
Depends: zlib
Architecture: arm64-linux
Multi-Arch: same
Status: install ok installed

Package: curl
Feature: ssl
Depends: fmt[core], openssl
Architecture: arm64-linux
Multi-Arch: same
Status: install ok installed

Package: zlib
Version: 1.3.1
Architecture: arm64-linux
Multi-Arch: same
Status: purge ok not-installed
`;

catalogerContract(vcpkg, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): Found {
  return vcpkg.read({ path: PATH, bytes: Buffer.from(text) });
}

test('a port is there when its last stanza says so, with its features', () => {
  const { packages = [], unknowns } = read(EXAMPLE.replaceAll('\n', '\r\n'));
  assert.deepEqual(packages.map(buildPurlOf), [
    'pkg:vcpkg/vcpkg-cmake@2024-04-23?triplet=x64-linux',
    'pkg:vcpkg/fmt@11.0.2?port_version=1&triplet=arm64-linux',
    'pkg:vcpkg/curl@8.9.1?port_version=2&triplet=arm64-linux',
  ]);
  assert.deepEqual(
    packages.map(({ requires }) => requires),
    [undefined, ['vcpkg-cmake:x64-linux'], ['zlib:arm64-linux', 'fmt:arm64-linux', 'openssl:arm64-linux']],
  );
  assert.equal(unknowns, undefined);
  assert.deepEqual(read(''), { packages: [] });
});

function buildPurlOf(record: {
  readonly name: string;
  readonly version: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
}): string {
  return buildPurl({
    type: 'vcpkg',
    namespace: '',
    name: record.name,
    version: record.version,
    qualifiers: new Map(Object.entries(record.qualifiers ?? {})),
    subpath: '',
  });
}

test('a stanza that does not say which port and whether it is there is an unknown', () => {
  const found = read('Package: a\nVersion: 1\nArchitecture: x\n\nfoo\n');
  assert.deepEqual(found.packages, []);
  assert.deepEqual(found.unknowns, [
    'line 1 and 1 more: expected a stanza with Package, Architecture and Status, found one without',
    'line 5: expected a field or its continuation, found neither',
  ]);
});

test('only files of a tree of installed ports are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['vcpkg/status', true],
    ['vcpkg/updates/0000000001', true],
    ['opt/vcpkg/installed/vcpkg/updates/00000000001', true],
    ['opt/vcpkg/installed/vcpkg/updates/incomplete', false],
    ['opt/my-vcpkg/updates/1', false],
    ['opt/my-vcpkg/status', false],
    ['opt/vcpkg/updates/old/1', false],
    ['updates/1', false],
    ['var/lib/dpkg/status', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(vcpkg.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});
