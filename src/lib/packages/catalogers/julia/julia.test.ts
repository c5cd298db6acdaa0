import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { packagePurl } from '#model/purl.ts';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { julia } from './index.ts';
import { normaliseVersion } from './version.ts';

evidence('catalogers/julia', 'real tool', 'a depot that Pkg of Julia 1.5.3 filled, as it lists what is installed');

const PATH = 'root/.julia/packages/Buoy/2YPeW/Project.toml';
const LIBRARY = 'usr/local/julia/share/julia/stdlib/v1.11/OpenSSL_jll/Project.toml';
const UUID = '7c3d1b3a-0000-4000-8000-00000000000A';
const EXAMPLE = `name = "Buoy"
uuid = "${UUID}"
license = "MIT"
version = "0.4"

[deps]
Anchor = "7c3d1b3a-0000-4000-8000-000000000001"
Buoy = "${UUID}"

[compat]
julia = "1"
`;
const RECORD = {
  type: 'julia',
  name: 'Buoy',
  version: '0.4.0',
  requires: ['7c3d1b3a-0000-4000-8000-000000000001'],
  provides: [UUID.toLowerCase()],
  licenses: ['MIT'],
  qualifiers: { uuid: UUID.toLowerCase() },
};

catalogerContract(julia, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string, path: string = PATH): ReturnType<typeof julia.read> {
  return julia.read({ path, bytes: Buffer.from(text) });
}

interface Installed {
  readonly depot: Readonly<Record<string, string>>;
  readonly standard: Readonly<Record<string, string>>;
  /** Name, UUID and version, `-` for none. */
  readonly installed: readonly string[];
  readonly libraries: readonly string[];
  readonly versions: readonly (readonly [written: string, read: string])[];
}

const installed = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../../../test/fixtures/julia/depot.json'), 'utf8'),
) as Installed;

test('packages are those that Pkg lists, and libraries with a version of their own', (t) => {
  const wanted = (files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
    Object.entries(files).filter(([path, { length }]) => julia.wants({ path, mode: 0o644, size: length }));
  const list = (files: Readonly<Record<string, string>>): readonly string[] =>
    wanted(files).flatMap(([path, text]) => {
      const { packages = [], unknowns } = read(text, path);
      assert.equal(unknowns, undefined, path);
      return packages.map(({ name, version, qualifiers }) => `${name} ${qualifiers?.['uuid']} ${version}`);
    });
  const ours = list(installed.depot);
  const theirs = installed.installed.filter((line) => !line.endsWith(' -'));
  assert.deepEqual(ours.toSorted(), theirs);
  assert.ok(ours.length >= 10);
  const standard = list(installed.standard);
  assert.deepEqual(
    wanted(installed.standard)
      .map(([path]) => path.split('/').at(-2) ?? '')
      .toSorted(),
    installed.libraries,
  );
  assert.deepEqual(standard, ['Pkg 44cfe95a-1eb2-52ea-b672-e2afdf69b78f 1.5.3']);
  t.diagnostic(`${ours.length} packages, ${installed.libraries.length} libraries`);
});

test('versions are written as Julia writes them', () => {
  assert.ok(installed.versions.length >= 15);
  for (const [written, expected] of installed.versions) {
    assert.equal(normaliseVersion(written), expected, written);
  }
  assert.equal(normaliseVersion('1'.repeat(2000)), '');
  fc.assert(fc.property(fc.string(), (text) => normaliseVersion(normaliseVersion(text)) === normaliseVersion(text)));
});

test('descriptions of packages in depots and of libraries are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    [LIBRARY, true],
    ['packages/Buoy/2YPe/Project.toml', true],
    ['opt/julia/packages/Buoy/2YPeW/JuliaProject.toml', true],
    ['root/.julia/packages/Buoy/2YPeW/docs/Project.toml', false],
    ['root/.julia/packages/Buoy/2YPeWx/Project.toml', false],
    ['root/.julia/packages//2YPeW/Project.toml', false],
    ['root/.julia/xpackages/Buoy/2YPeW/Project.toml', false],
    ['root/.julia/environments/v1.5/Project.toml', false],
    ['root/.julia/dev/Buoy/Project.toml', false],
    ['root/.julia/packages/Buoy/2YPeW/MyProject.toml', false],
    ['usr/share/julia/stdlib/v1.11/OpenSSL_jll/test/Project.toml', false],
    ['usr/share/julia/stdlib/Project.toml', false],
    ['Project.toml', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(julia.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a package, and its package URL', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [RECORD] });
  const [record] = read(EXAMPLE).packages ?? [];
  assert.ok(record !== undefined);
  assert.equal(packagePurl(record, null), `pkg:julia/Buoy@0.4.0?uuid=${UUID.toLowerCase()}`);
});

test('without a version a package is an unknown, and a library part of Julia', () => {
  const text = EXAMPLE.replace('version = "0.4"\n', '');
  const expected = { packages: [{ ...RECORD, version: '' }], unknowns: ['Julia package without a version'] };
  assert.deepEqual(read(text), expected);
  assert.deepEqual(read(EXAMPLE.replace('0.4', 'latest')), expected);
  assert.deepEqual(read(text, LIBRARY), {});
  assert.deepEqual(read(EXAMPLE, LIBRARY), { packages: [RECORD] });
});

test('an environment is no package, and a name or a UUID that is none an error', () => {
  assert.deepEqual(read('[deps]\nAnchor = "x"\n'), {});
  const texts = [
    EXAMPLE.replace('name = "Buoy"', ''),
    EXAMPLE.replace('"Buoy"', '"../x"'),
    EXAMPLE.replace('"Buoy"', `"${'a'.repeat(300)}"`),
    EXAMPLE.replace(`uuid = "${UUID}"`, ''),
    EXAMPLE.replace(UUID, '7c3d1b3a'),
  ];
  for (const text of texts) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text);
  }
});
