import { existsSync, readFileSync } from 'node:fs';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { data } from '#test/prerequisites.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const DESCRIPTION =
  '%NAME%\na\n\n%VERSION%\n1:2-3\n\n%LICENSE%\nMIT\n\n%DEPENDS%\nb>=1\nlibc.so=1-64\n\n%PROVIDES%\nd=1\n';
const LISTS: readonly string[] = [
  DESCRIPTION,
  '%FILES%\nusr/\nusr/bin/a b\n\n%BACKUP%\netc/a\tabc\n',
  'd41d8cd98f00b204e9800998ecf8427e  usr/lib/a b\nd41d8cd98f00b204e9800998ecf8427e  ./etc/c\n',
  '/bin/sh\n/bin/sh.distrib\ndash\n/usr/bin/x\n/usr/bin/x.real\n:\n',
  'obj /usr/bin/a b d41d8cd98f00b204e9800998ecf8427e 1650000000\nsym /usr/lib/x -> y 1650000000\ndir /usr\n',
  '>=dev-libs/a-1.2_p3-r1:0/3=[b(-)] || ( c/d ~e/f-1 ) !g/h flag? ( =i/j-1* )\n',
  '/bin/busybox\t0100755\n/bin/sh\t0120777\tbusybox\n/etc/a b\n',
  'P:a\nV:1-r0\nA:x86_64\nD:b>=1 so:libc.so !c d@edge\np:cmd:a=1 so:liba.so\nF:usr/bin\nR:a\n\nP:b\n',
  'Package: a\nStatus: install ok installed\nVersion: 1:2-3\nSource: b (2)\nPre-Depends: c:any (>= 1) | d,\n e\nProvides: f (= 1)\n',
];

const FILES: readonly (readonly [id: string, path: string])[] = [
  ['apk', 'lib/apk/db/installed'],
  ['dpkg', 'var/lib/dpkg/status'],
  ['dpkg', 'var/lib/dpkg/info/a.list'],
  ['dpkg', 'var/lib/dpkg/status.d/a.md5sums'],
  ['opkg', 'usr/lib/opkg/status'],
  ['opkg', 'usr/lib/opkg/info/a.list'],
  ['pacman', 'var/lib/pacman/local/a-1-1/desc'],
  ['pacman', 'var/lib/pacman/local/a-1-1/files'],
  ['portage', 'var/db/pkg/a/b-1/CONTENTS'],
  ['portage', 'var/db/pkg/a/b-1/LICENSE'],
  ['portage', 'var/db/pkg/a/b-1/RDEPEND'],
  ['dpkg', 'var/lib/dpkg/diversions'],
];

/** The databases of packages that are lines of text: each input is read as every one of them, the one last that refuses most. */
export const packageLists: FuzzTarget = {
  id: 'package-lists',
  seeds: () => [...LISTS.map((text) => Buffer.from(text)), ...published()],
  maxMillis: 200,
  dictionary: [
    '\n\n',
    '\n ',
    'Package: ',
    'Depends: ',
    'P:',
    'D:',
    'F:',
    '%NAME%\n',
    '%FILES%\n',
    'obj /',
    ' -> ',
    '|| ( ',
  ],
  run: (input) => {
    for (const [id, path] of FILES) {
      runCataloger(id, path, input);
    }
  },
};

/** The beginnings of real databases, where the shared data is. */
function published(): readonly Uint8Array[] {
  const files = ['pkgdb/ubuntu-18.04/var/lib/dpkg/status', 'pkgdb/alpine-3.7.0/lib/apk/db/installed'].map(data);
  return files.filter((file) => existsSync(file)).map((file) => readFileSync(file).subarray(0, 4096));
}
