import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { evidence } from '../evidence.ts';
import { PacmanRoot } from '../fixtures/pacman-root.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence('packages/dependencies of apk', 'real tool', 'the graph that apk of five releases of Alpine draws of itself');
evidence('packages/dependencies of dpkg', 'real tool', 'a root file system made by mmdebstrap, asked with apt-cache');
evidence(
  'packages/dependencies of rpm',
  'real tool',
  'the packages of a published CBL-Mariner 2.0, of which rpm -q --whatprovides says who has what they need',
);
evidence('packages/dependencies of pacman', 'real tool', 'packages that pacman installed, asked with pacman -Qi');

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-dependencies-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
  home.remove();
});

/** `name needed`, sorted. */
async function edgesIn(root: string, type: string): Promise<readonly string[]> {
  const { packages, unknowns } = await home.report(`rootfs:${root}`);
  assert.deepEqual(
    unknowns.filter(({ analyser }) => analyser === 'inventory'),
    [],
  );
  const names = new Map(packages.map((item) => [item.purl, item.name]));
  const edges = packages.flatMap((item) =>
    item.type === type ? (item.dependsOn ?? []).map((purl) => `${item.name} ${names.get(purl)}`) : [],
  );
  return edges.toSorted();
}

test('packages of Alpine depend on what apk says', { skip: missing('shared-data', 'root', 'linux-x64') }, async () => {
  const tarballs = readdirSync(data('rootfs')).filter((name) => /^alpine-.*-x86_64\./.test(name));
  assert.ok(tarballs.length >= 5);
  for (const name of tarballs) {
    const root = join(folder, name);
    mkdirSync(root);
    execFileSync('tar', ['-xzf', data(`rootfs/${name}`), '-C', root]);
    const graph = execFileSync('chroot', [root, 'apk', 'dot', '--installed', '--no-network'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = [...graph.matchAll(/^ {2}"(.+?)-[^-"]+-r\d+" -> "(.+?)-[^-"]+-r\d+"/gm)];
    const expected = new Set(lines.map(([, from, to]) => `${from} ${to}`));
    assert.ok(expected.size >= 15, `${name}: ${expected.size}`);
    assert.deepEqual(await edgesIn(root, 'apk'), [...expected].toSorted(), name);
  }
});

test('packages of Debian depend on what apt says', { skip: missing('root', 'mmdebstrap') }, async () => {
  const root = join(folder, 'debian');
  const wanted = '--include=python3-requests,default-mta';
  execFileSync('mmdebstrap', ['--quiet', '--variant=apt', wanted, 'bookworm', root], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const expected = aptEdges(root);
  assert.ok(expected.length >= 250, `${expected.length}`);
  assert.ok(expected.includes('base-files mawk'), 'through what is provided');
  assert.deepEqual(await edgesIn(root, 'deb'), expected);
});

test('packages of CBL-Mariner depend on what rpm says, files among it', {
  skip: missing('shared-data', 'rpm'),
}, async (t) => {
  const root = join(folder, 'mariner');
  const database = join(root, 'var/lib/rpm');
  mkdirSync(database, { recursive: true });
  writeFileSync(
    join(database, 'rpmdb.sqlite'),
    gunzipSync(readFileSync(data('spec/rpmdb/cbl-mariner-2.0/rpmdb.sqlite.gz'))),
  );
  const expected = rpmEdges(database);
  assert.ok(expected.length >= 300, `${expected.length}`);
  assert.deepEqual(await edgesIn(root, 'rpm'), expected);
  t.diagnostic(`${expected.length} dependencies`);
});

test('packages of Arch Linux are required by what pacman says, and own their files', {
  skip: missing('pacman', 'root', 'gnu-tar'),
}, async () => {
  const root = new PacmanRoot();
  try {
    const files = { 'usr/lib/node_modules/a/package.json': '{"name":"a","version":"1.0.0"}' };
    root.install([
      { name: 'lib-a', version: '2:1-1', provides: ['liba.so=1-64', 'a-any'], files },
      { name: 'lib-b', version: '1-1', depends: ['lib-a>=2:1'], provides: ['a-any'] },
      { name: 'tool', version: '1-1', depends: ['liba.so=1-64', 'a-any', 'lib-b', 'nobody', 'tool'] },
    ]);
    const edges = root
      .run('-Qi')
      .trim()
      .split('\n\n')
      .flatMap((block) => {
        const name = /^Name +: (.+)$/m.exec(block)?.[1];
        const requiredBy = /^Required By +: (.+)$/m.exec(block)?.[1]?.split(/ +/) ?? [];
        return requiredBy.filter((each) => each !== 'None' && each !== name).map((each) => `${each} ${name}`);
      });
    assert.equal(edges.length, 3);
    assert.deepEqual(await edgesIn(root.folder, 'alpm'), edges.toSorted());

    const { packages } = await home.report(`rootfs:${root.folder}`);
    const [place] = packages.find(({ type }) => type === 'npm')?.locations ?? [];
    assert.equal(place?.ownedBy, 'pkg:alpm/lib-a@2:1-1?arch=x86_64');
  } finally {
    root.remove();
  }
});

/**
 * `apt-cache depends` writes each package, below it what it depends on, and below that who provides it; in angle brackets
 * stands what is no package.
 */
function aptEdges(root: string): readonly string[] {
  const query = ['dpkg-query', '-W', '-f', '${binary:Package}\n'];
  const packages = execFileSync('chroot', [root, ...query], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const others = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  );
  const written = execFileSync('chroot', [root, 'apt-cache', 'depends', ...others, ...packages], { encoding: 'utf8' });
  const edges = new Set<string>();
  let name = '';
  for (const line of written.trim().split('\n')) {
    const needed = /^(?: {4}| [ |](?:Pre)?Depends: )([^<\s]+)$/.exec(line)?.[1];
    if (!line.startsWith(' ')) {
      name = line;
    } else if (needed !== undefined && needed !== name) {
      edges.add(`${name} ${needed}`);
    }
  }
  return [...edges].toSorted();
}

/** For every name that a package needs and has not itself, who provides it. */
function rpmEdges(database: string): readonly string[] {
  const ask = (...args: readonly string[]): readonly string[] => {
    const options = ['--define', '_db_backend sqlite', '--dbpath', database];
    const { stdout } = spawnSync('rpm', [...options, ...args], { encoding: 'utf8' });
    return stdout.trim().split('\n');
  };
  const needs = ask('-qa', '--qf', '[%{=NAME}\t%{REQUIRENAME}\n]').map((line) => line.split('\t'));
  const providers = new Map<string, readonly string[]>();
  const edges = new Set<string>();
  for (const [name = '', needed = ''] of needs) {
    const known = providers.get(needed) ?? ask('-q', '--whatprovides', '--qf', '%{NAME}\n', needed);
    providers.set(needed, known);
    // Where nobody provides it, a sentence says so.
    known
      .filter((each) => !known.includes(name) && !each.includes(' '))
      .forEach((each) => edges.add(`${name} ${each}`));
  }
  return [...edges].toSorted();
}
