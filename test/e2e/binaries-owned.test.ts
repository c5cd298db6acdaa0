import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Package } from '#model/package.ts';
import { evidence } from '../evidence.ts';
import { newestDebianNames, unpackDebianPackages } from '../fixtures/debian-packages.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'catalogers/binary',
  'real tool',
  'more than 3,000 executables of Debian, unpacked by dpkg: nothing is taken for another program, what is found has the version of the package that dpkg-query -S names, and is that package',
);

const home = temporaryHome();
// dpkg waits for the disk after every package.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'plimsoll-binaries-'));
const root = join(folder, 'root');
/** Where dpkg's database is put away. */
const database = join(folder, 'dpkg');
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What must be found, and the packages that it is in. */
const KNOWN: Readonly<Record<string, readonly RegExp[]>> = {
  bash: [/^bash$/],
  busybox: [/^busybox-static$/],
  curl: [/^curl$/, /^libcurl4(t64)?$/],
  expat: [/^libexpat1$/],
  git: [/^git$/],
  gnutls: [/^libgnutls30(t64)?$/],
  httpd: [/^apache2-bin$/],
  krb5: [/^libkrb5-3$/],
  libgcrypt: [/^libgcrypt20$/],
  openssl: [/^openssl$/, /^libssl3(t64)?$/],
  perl: [/^perl-base$/, /^libperl5\.[0-9]+(t64)?$/],
  python: [/^python3\.[0-9]+-minimal$/],
  xz: [/^xz-utils$/],
  zlib: [/^zlib1g$/],
};

/** Small ones with many programs or modules, of which none is known. */
const OTHERS: readonly string[] = [
  'collectd-core',
  'coreutils',
  'emboss',
  'frei0r-plugins',
  'gimp',
  'grass-core',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-bad',
  'netpbm',
  'samba-libs',
  'util-linux',
  'vlc-plugin-base',
];

test('of 3,000 executables none is taken for another program', {
  skip: missing('root', 'apt', 'dpkg', 'shared-data'),
}, async (t) => {
  mkdirSync(join(root, 'usr'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    mkdirSync(join(root, 'usr', name));
    symlinkSync(`usr/${name}`, join(root, name));
  }
  writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID=12\n');
  const known = await newestDebianNames(Object.values(KNOWN).flat());
  await unpackDebianPackages([...known, ...OTHERS], root);
  const executables = countExecutables();
  t.diagnostic(`${executables} executables`);
  assert.ok(executables >= 3000, `${executables}`);

  // With dpkg's database each is the package that it belongs to, and no other.
  assert.deepEqual(
    (await programs()).map(({ purl }) => purl),
    [],
  );
  renameSync(join(root, 'var/lib/dpkg'), database);
  const found = await programs();
  assert.deepEqual(found.map(({ name }) => name).toSorted(), Object.keys(KNOWN));
  for (const { name, version, confidence, locations } of found) {
    assert.equal(confidence, 'inferred');
    assert.ok(locations.length > 0);
    for (const { path } of locations) {
      const [owner, packaged] = ownerOf(path);
      assert.ok(
        KNOWN[name]?.some((pattern) => pattern.test(owner)),
        `${name} in ${path} of ${owner}`,
      );
      const upstream = packaged.replace(/^[0-9]+:/, '');
      assert.ok(
        upstream.startsWith(version) && !/^\.?[0-9]/.test(upstream.slice(version.length)),
        `${name}: ${packaged}`,
      );
    }
  }
});

async function programs(): Promise<readonly Package[]> {
  const { packages } = await home.report(`rootfs:${root}`);
  return packages.filter(({ type }) => type === 'generic');
}

/** The package that dpkg says the file is of, and its version. */
function ownerOf(path: string): readonly [name: string, version: string] {
  const admin = `--admindir=${database}`;
  // It fails when it does not know one of them.
  const { stdout } = spawnSync('dpkg-query', [admin, '-S', path, path.replace(/^\/usr\//, '/')], {
    encoding: 'utf8',
  });
  const [name = ''] = stdout.split(/[:,]/, 1);
  const version = execFileSync('dpkg-query', [admin, '-W', '-f', '${Version}', name], { encoding: 'utf8' });
  return [name, version];
}

/** Programs, libraries and scripts. */
function countExecutables(): number {
  const head = Buffer.alloc(20);
  let count = 0;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      const file = openSync(path, 'r');
      head.fill(0);
      readSync(file, head, 0, head.length, 0);
      closeSync(file);
      const isElf = head.subarray(0, 4).toString('latin1') === '\x7fELF' && (head[16] === 2 || head[16] === 3);
      const isScript = head.subarray(0, 2).toString('latin1') === '#!' && (statSync(path).mode & 0o111) !== 0;
      count += isElf || isScript ? 1 : 0;
    }
  }
  return count;
}
