import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { installedOnce } from '../fixtures/registry-packages.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'catalogers/vcpkg',
  'published',
  'a tree of installed ports that the crate vcpkg has with it, beside the names of the lists that vcpkg wrote for them',
);

const home = temporaryHome();
after(() => home.remove());

/** A project that needs the crate, with what cargo fetched for it. */
function project(): string {
  return installedOnce('project-vcpkg-0.2.15', (into) => {
    mkdirSync(join(into, 'src'));
    writeFileSync(join(into, 'src/lib.rs'), '');
    writeFileSync(
      join(into, 'Cargo.toml'),
      '[package]\nname = "none"\nversion = "0.0.0"\n[dependencies]\nvcpkg = "=0.2.15"\n',
    );
    const env = { ...process.env, CARGO_HOME: join(into, '.cargo') };
    execFileSync('cargo', ['fetch', '--quiet'], { cwd: into, env, stdio: ['ignore', 'ignore', 'inherit'] });
  });
}

/** Where cargo unpacked the crate. */
function crate(): string {
  const [found = ''] = globSync('.cargo/registry/src/*/vcpkg-0.2.15/Cargo.toml', { cwd: project() });
  return join(project(), dirname(found));
}

test('ports are those for which vcpkg wrote lists of files', { skip: missing('cargo') }, async (t) => {
  const tree = join(crate(), 'test-data/no-status');
  const listed = readdirSync(join(tree, 'installed/vcpkg/info')).map((file) => file.replace(/\.list$/, ''));
  assert.ok(listed.length >= 80);
  const { packages, unknowns } = await home.report(`rootfs:${tree}`);
  const ports = packages.filter(({ cataloger }) => cataloger === 'vcpkg');
  // `NAME_VERSION_TRIPLET` is how vcpkg names such a list.
  const found = ports.map(({ name, version, purl }) => `${name}_${version}_${purl.split('triplet=')[1]}`);
  assert.deepEqual(found.toSorted(), listed.toSorted());
  assert.deepEqual(
    unknowns.filter(({ analyser }) => analyser === 'vcpkg'),
    [],
  );
  const edges = ports.flatMap(({ dependsOn = [] }) => dependsOn);
  assert.ok(edges.length >= 80 && edges.every((purl) => ports.some((port) => port.purl === purl)));
  t.diagnostic(`${found.length} ports, ${edges.length} edges`);
});

test('what the crate brings along is not declared by a project that needs it', { skip: missing('cargo') }, async () => {
  const declared = async (folder: string): Promise<readonly string[]> =>
    (await home.report(`rootfs:${folder}`)).packages.flatMap(({ purl, confidence }) =>
      confidence === 'declared' ? [purl] : [],
    );
  assert.ok((await declared(crate())).some((purl) => purl.startsWith('pkg:github/actions/checkout@')));
  assert.deepEqual(await declared(project()), ['pkg:cargo/vcpkg@0.2.15']);
});
