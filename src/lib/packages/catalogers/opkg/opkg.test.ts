import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PathHashes } from '#base/path-hash.ts';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { opkg } from './index.ts';

evidence(
  'catalogers/opkg',
  'published',
  'a status database of OpenWrt and a control file of Yocto, from tests of osv-scalibr and Syft; lists of the form that the source of opkg has',
);

const STATUS = 'usr/lib/opkg/status';
const CONTROL = 'var/lib/opkg/info/libz1.control';

const published = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const example = { path: CONTROL, bytes: published('yocto-control') };

catalogerContract(opkg, { example });

function read(path: string, text: string): ReturnType<typeof opkg.read> {
  return opkg.read({ path, bytes: Buffer.from(text) });
}

function hashesOf(...paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

describe('published samples', () => {
  test('the database of OpenWrt has packages as that of dpkg has', () => {
    assert.deepEqual(opkg.read({ path: STATUS, bytes: published('openwrt-status') }), {
      packages: [
        {
          type: 'opkg',
          name: 'ubus',
          version: '2024.10.20~252a9b0c-r1',
          architecture: 'x86_64',
          requires: ['libc', 'libubus20241020', 'libblobmsg-json20240329', 'ubusd'],
          licenses: [],
        },
        {
          type: 'opkg',
          name: 'libuci20130104',
          version: '2023.08.10~5781664d-r1',
          architecture: 'x86_64',
          requires: ['libc', 'libubox20240329'],
          provides: ['libuci'],
          licenses: [],
        },
        {
          type: 'opkg',
          name: 'busybox',
          version: '1.36.1-r2',
          architecture: 'x86_64',
          requires: ['libc'],
          licenses: [],
        },
      ],
    });
  });

  test('a control file of Yocto says the licence and who made the package', () => {
    assert.deepEqual(opkg.read(example), {
      packages: [
        {
          type: 'opkg',
          name: 'libz1',
          version: '1.3.2-r0',
          architecture: 'x86-64-v3',
          vendor: 'Poky Maintainers <poky@lists.yoctoproject.org>',
          requires: ['musl'],
          provides: ['zlib'],
          licenses: ['Zlib'],
        },
      ],
    });
  });
});

test('a package counts unless its state says that none of its files is there', () => {
  const states = [
    ['install user installed', true],
    ['install hold,user installed', true],
    ['install ok unpacked', true],
    ['install ok half-installed', true],
    ['deinstall ok installed', true],
    ['deinstall ok not-installed', false],
    ['deinstall ok config-files', false],
  ] as const;
  for (const [state, counts] of states) {
    const text = `Package: a\nVersion: 1\nStatus: ${state}\n\nPackage: b\nVersion: 1\nStatus: install ok installed\n`;
    const names = read(STATUS, text).packages?.map(({ name }) => name);
    assert.deepEqual(names, counts ? ['a', 'b'] : ['b'], state);
  }
});

test('an empty database, and a stanza without a name, are unknowns', () => {
  assert.deepEqual(read(STATUS, '').unknowns, ['expected at least one package, found an empty database']);
  assert.deepEqual(read(STATUS, 'Version: 1\n').unknowns, [
    'line 1: expected a stanza with a Package field, found one without',
  ]);
});

test('lists have paths, with or without modes and targets of links', () => {
  const files = hashesOf('bin/busybox', 'bin/sh', 'etc/a b', 'etc/init.d/');
  for (const lines of [
    '/bin/busybox\n/bin/sh\n/etc/a b\n/etc/init.d/\n',
    '/bin/busybox\t0100755\n/bin/sh\t0120777\tbusybox\n/etc/a b\t0100644\n/etc/init.d/\t040755\n',
  ]) {
    assert.deepEqual(read('var/lib/opkg/info/busybox.list', lines), { owned: [{ package: 'busybox', files }] });
  }
});

test('both places are wanted, and nothing else of them', () => {
  const wanted = (path: string): boolean => opkg.wants({ path, mode: 0o644, size: 1 });
  assert.ok(wanted(STATUS) && wanted('var/lib/opkg/status') && wanted('usr/lib/opkg/info/a.list') && wanted(CONTROL));
  assert.ok(
    !wanted('usr/lib/opkg/info/a.postinst') && !wanted('opt/usr/lib/opkg/status') && !wanted('usr/lib/opkg/a.list'),
  );
});
