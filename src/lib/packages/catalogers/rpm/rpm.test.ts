import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { rpmHeader, sqliteDatabase } from '#test/fixtures/rpm-headers.ts';
import { hashesOf } from '#test/fixtures/rpm-oracle.ts';
import { catalogerContract } from '../contract.ts';
import { rpm } from './index.ts';

const SQLITE = 'var/lib/rpm/rpmdb.sqlite';

const BASH = rpmHeader({
  1000: 'bash',
  1001: '5.2.15',
  1002: '3.el9',
  1003: [1],
  1011: 'A Vendor',
  1014: 'GPLv3+',
  1022: 'x86_64',
  1044: 'bash-shell-5.2.15-3.el9.src.rpm',
  1047: ['bash', 'config(bash)'],
  1049: ['libc.so.6()(64bit)', 'rpmlib(FileDigests)', '/bin/sh', '/bin/sh'],
  1116: [1, 0, 1],
  1117: ['bash', 'skel', 'sh'],
  1118: ['/etc/', '/usr/bin/'],
  5096: 'shells:5:20240101:abcd',
});

catalogerContract(rpm, { example: { path: SQLITE, bytes: sqliteDatabase([BASH], 512) } });

function read(path: string, bytes: Uint8Array): Found {
  return rpm.read({ path, bytes });
}

test('a header becomes a package with its source, module, needs, provisions and files', () => {
  const found = read(SQLITE, sqliteDatabase([BASH]));
  assert.deepEqual(found, {
    packages: [
      {
        type: 'rpm',
        name: 'bash',
        version: '1:5.2.15-3.el9',
        source: { name: 'bash-shell', version: '5.2.15-3.el9' },
        architecture: 'x86_64',
        vendor: 'A Vendor',
        module: 'shells:5:20240101:abcd',
        requires: ['libc.so.6()(64bit)', '/bin/sh'],
        provides: ['config(bash)'],
        licenses: ['GPLv3+'],
      },
    ],
    owned: [
      {
        package: 'bash',
        architecture: 'x86_64',
        version: '1:5.2.15-3.el9',
        files: hashesOf(['/etc/skel', '/usr/bin/bash', '/usr/bin/sh']),
      },
    ],
  });
});

test('a file that a package needs is provided by those that have it, once, and by nobody else', () => {
  const package_ = (name: string, needs: readonly string[], names: readonly string[], states = [0, 0]): Buffer =>
    rpmHeader({
      1000: name,
      1001: '1',
      1014: 'MIT',
      1047: [name],
      ...(needs.length === 0 ? {} : { 1049: needs }),
      1029: Uint8Array.from(states),
      1116: [0, 0],
      1117: names,
      1118: ['/usr/bin/'],
    });
  const { packages = [] } = read(
    SQLITE,
    sqliteDatabase([
      package_('a', ['/usr/bin/x', '(/usr/bin/y if b)', '/usr/bin/nobody', 'usr/bin/z'], ['a', 'aa']),
      package_('b', [], ['x', 'y']),
      package_('c', [], ['x', 'z']),
      package_('d', [], ['x', 'y'], [0, 1]),
    ]),
  );
  assert.deepEqual(
    packages.map(({ provides = [] }) => provides),
    [[], ['/usr/bin/x', '/usr/bin/y'], ['/usr/bin/x'], ['/usr/bin/x']],
  );
});

test('digests that no file has to compare with are as good as none: then layers decide', () => {
  const contents = (digest: string): string | undefined =>
    read(
      SQLITE,
      sqliteDatabase([
        rpmHeader({ 1000: 'a', 1001: '1', 1014: 'MIT', 1035: [digest], 1116: [0], 1117: ['a'], 1118: ['/usr/'] }),
      ]),
    ).owned?.[0]?.contents;
  for (const length of [32, 40, 64]) {
    assert.notEqual(contents('a'.repeat(length)), undefined, `${length}`);
  }
  for (const length of [0, 16, 96, 128]) {
    assert.equal(contents('a'.repeat(length)), undefined, `${length}`);
  }
});
