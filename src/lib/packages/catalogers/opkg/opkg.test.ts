import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathHashes } from '#base/path-hash.ts';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { opkg } from './index.ts';

evidence('catalogers/opkg', 'self-made', 'a status database and lists of the form that opkg writes');

const STATUS = 'usr/lib/opkg/status';

const EXAMPLE = `Package: busybox
Version: 1.36.1-r2
Depends: libc, libb (>= 2) | libd
Provides: awk
Conflicts: busybox-selinux
Status: install user installed
Essential: yes
Architecture: x86_64
Source: package/utils/busybox
Conffiles:
 /etc/syslog.conf e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
Installed-Time: 1730715936

Package: gone
Version: 1
Status: deinstall ok not-installed

Package: libc
Version: 1.2.5-r4
Status: install hold,user installed
Maintainer: Some One <one@example.org>
`;

catalogerContract(opkg, { example: { path: STATUS, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, text: string): ReturnType<typeof opkg.read> {
  return opkg.read({ path, bytes: Buffer.from(text) });
}

test('the database has packages as that of dpkg has', () => {
  assert.deepEqual(read(STATUS, EXAMPLE), {
    packages: [
      {
        type: 'opkg',
        name: 'busybox',
        version: '1.36.1-r2',
        architecture: 'x86_64',
        requires: ['libc', 'libb', 'libd'],
        provides: ['awk'],
        licenses: [],
      },
      { type: 'opkg', name: 'libc', version: '1.2.5-r4', vendor: 'Some One <one@example.org>', licenses: [] },
    ],
  });
  assert.deepEqual(read(STATUS, '').unknowns, ['expected at least one package, found an empty database']);
});

test('lists have paths, with or without modes', () => {
  const files = new PathHashes();
  ['bin/busybox', 'bin/sh', 'etc/a b'].forEach((path) => files.add(Buffer.from(path)));
  assert.deepEqual(
    read('var/lib/opkg/info/busybox.list', '/bin/busybox\t0100755\n/bin/sh\t0120777\tbusybox\n/etc/a b\n'),
    {
      owned: [{ package: 'busybox', files: files.toText() }],
    },
  );
});

test('both places are wanted, and nothing else of them', () => {
  const wanted = (path: string): boolean => opkg.wants({ path, mode: 0o644, size: 1 });
  assert.ok(wanted(STATUS) && wanted('var/lib/opkg/status') && wanted('usr/lib/opkg/info/a.list'));
  assert.ok(!wanted('usr/lib/opkg/info/a.control') && !wanted('opt/usr/lib/opkg/status'));
});
