import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Every skip of the test suite goes through `missing`, so that it is on the list in `skips.json` and shows its reason.
 * With CI=true nothing may be skipped: a missing prerequisite fails the file.
 */
interface Skip {
  readonly id: string;
  readonly prerequisite: string;
  readonly why: string;
}

const root = resolve(import.meta.dirname, '..');
const skips = JSON.parse(readFileSync(resolve(root, 'test/skips.json'), 'utf8')) as Skip[];

/** The shared data folder: real images, real advisories, specification vectors. */
export const dataFolder = resolve(process.env['PLIMSOLL_TEST_DATA'] ?? resolve(root, '../shared/data'));

/** The path of one item of the shared data. */
export function data(path: string): string {
  return resolve(dataFolder, path);
}

const probes: Readonly<Record<string, () => boolean>> = {
  'shared-data': () => existsSync(data('README.md')),
  root: () => process.getuid?.() === 0,
  apt: () => runs('apt-get', '--version'),
  mmdebstrap: () => runs('mmdebstrap', '--version'),
  skopeo: () => runs('skopeo', '--version'),
  mount: () => runs('unshare', '--mount', 'mount', '-t', 'tmpfs', 'plimsoll-probe', '/mnt'),
  buildah: () => runs('buildah', '--version'),
  podman: () => runs('podman', '--version'),
  containerd: () => runs('containerd', '--version') && runs('ctr', '--version'),
  gnupg: () => runs('gpg', '--version'),
  openssl: () => runs('openssl', 'version'),
  ruby: () => runs('ruby', '-e', 'Gem::Version'),
  rpm: () => runs('rpm', '--version') && runs('rpmbuild', '--version'),
  'docker-registry': () => runs('docker-registry', '--version') && runs('htpasswd', '-nbB', 'user', 'password'),
  go: () => runs('go', 'version'),
  python: () => runs('python3', '-c', 'import setuptools, pip'),
  dpkg: () => runs('dpkg', '--version'),
  'distro-info-data': () => existsSync('/usr/share/distro-info/debian.csv'),
  maven: () => runs('mvn', '--version'),
  'dpkg-perl': () => runs('perl', '-MDpkg::Deps', '-e', '1'),
  nix: () => runs('nix-store', '--version'),
  pacman: () => runs('pacman', '--version'),
  flatpak: () => runs('flatpak', '--version'),
  snap: () => runs('snap', 'pack', '--help'),
  softhsm: () =>
    existsSync('/usr/lib/softhsm/libsofthsm2.so') &&
    runs('softhsm2-util', '--version') &&
    runs('opensc-tool', '--version'),
  'p11-kit': () =>
    existsSync('/usr/libexec/p11-kit/p11-kit-server') && globSync('/usr/lib/*/pkcs11/p11-kit-client.so').length > 0,
  'linux-x64': () => process.platform === 'linux' && process.arch === 'x64',
  'python-packaging': () =>
    runs('python3', '-c', 'import packaging.version') || runs('python3', '-c', 'import pip._vendor.packaging.version'),
  cargo: () => runs('cargo', '--version'),
  composer: () => runs('composer', '--version'),
  pear: () => runs('pear', 'version'),
  php: () => runs('php', '-r', 'exit(0);'),
  cpanm: () => runs('cpanm', '--version') && runs('make', '--version'),
  luarocks: () => runs('luarocks', '--version'),
  strace: () => runs('strace', '-f', '-o', '/dev/null', 'true'),
  gcc: () => runs('gcc', '--version'),
  postgresql: () => globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
  coreutils: () => runs('sha256sum', '--version'),
  'gnu-tar': () => runs('tar', '--version') && runs('xz', '--version') && runs('zstd', '--version'),
};

const found = new Map<string, boolean>();

/** `npm run check` leaves what needs programs, servers and real data to `npm test`: it has to be quick. */
const quick = process.env['PLIMSOLL_TEST_QUICK'] === '1';

/** For the `skip` option of a test: false when all prerequisites are there, else the reason. */
export function missing(...ids: readonly string[]): string | false {
  if (quick) {
    return `needs npm test, for ${ids.join(' and ')}`;
  }
  for (const id of ids) {
    const skip = skips.find((candidate) => candidate.id === id);
    const probe = probes[id];
    if (skip === undefined || probe === undefined) {
      throw new Error(`prerequisite ${id} is not in test/skips.json and test/prerequisites.ts`);
    }
    const there = found.get(id) ?? probe();
    found.set(id, there);
    if (!there) {
      if (process.env['CI'] === 'true') {
        throw new Error(`CI must not skip: ${skip.prerequisite} is missing`);
      }
      return `needs ${skip.prerequisite}`;
    }
  }
  return false;
}

function runs(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
