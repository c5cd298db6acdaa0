import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { goMod } from './index.ts';

evidence('catalogers/go-mod', 'real tool', 'a go.mod that go mod tidy wrote, beside what go list says is used');

const PATH = 'srv/app/go.mod';

catalogerContract(goMod, { example: { path: PATH, bytes: lockFile('go', 'go.mod') } });

function read(text: string | Uint8Array): Found {
  return goMod.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('the modules are those that go list names', () => {
  const found = read(lockFile('go', 'go.mod'));
  const listed = listOf('go', 'go.mod');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages?.filter((record) => record.name !== 'stdlib')), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'golang' && record.confidence === 'declared'));
});

test('the release is that of the toolchain, or of a go line that names one', () => {
  const releases: readonly (readonly [string, string | undefined])[] = [
    ['go 1.22.3', '1.22.3'],
    ['go 1.22', undefined],
    ['go 1.21rc2', '1.21.0-rc.2'],
    ['go 1.21.0\ntoolchain go1.23.1', '1.23.1'],
    ['go 1.21.0\ntoolchain go1.22.5-custom', '1.22.5'],
    ['go 1.21.4\ntoolchain default', '1.21.4'],
    ['', undefined],
    ['go x', undefined],
  ];
  for (const [lines, version] of releases) {
    const { packages = [] } = read(`module a\n${lines}\n`);
    assert.equal(packages.find((record) => record.name === 'stdlib')?.version, version, lines);
  }
});

test('replacements are what is used; of a folder the version is not known', () => {
  const text = `module example.org/m // the module
go 1.17
require example.org/a v1.0.0
require (
	"example.org/b" v1.1.0 // indirect
	example.org/c v1.2.0
	example.org/d v2.0.0+incompatible
)
replace example.org/a => example.org/fork/a v1.0.1
replace (
	example.org/b v1.0.0 => example.org/other v9.0.0
	example.org/b => ../b
	example.org/c v1.2.0 => example.org/c v1.2.1
)
exclude example.org/x v1.0.0
retract [v1.0.0, v1.1.0]
tool example.org/a/cmd
`;
  const found = read(text);
  assert.deepEqual(asList(found.packages), [
    'example.org/b ',
    'example.org/c v1.2.1',
    'example.org/d v2.0.0+incompatible',
    'example.org/fork/a v1.0.1',
  ]);
  assert.equal(found.unknowns, undefined);
});

test('before Go 1.17 not all modules are listed', () => {
  const unknown = 'an entry of a Go before 1.17, which does not list what modules need in turn: ';
  const versions: readonly (readonly [string, string | undefined])[] = [
    ['go 1.16', `${unknown}"go 1.16"`],
    ['', `${unknown}"go"`],
    ['go 1.17', undefined],
    ['go 1.21rc1', undefined],
    ['go 2.0', undefined],
  ];
  for (const [line, expected] of versions) {
    const found = read(`module a\n${line}\nrequire example.org/a v1.0.0\n`);
    assert.deepEqual(found.unknowns?.[0], expected, line);
    assert.equal(
      found.packages?.some((record) => record.name === 'example.org/a'),
      true,
    );
  }
});

test('the modules of Go itself are no project', () => {
  for (const module of ['std', 'cmd']) {
    assert.deepEqual(read(`module ${module}\ngo 1.26.1\nrequire golang.org/x/net v0.38.0\n`), { packages: [] });
  }
});

test('lines that are no directive are an unknown, a file without a module an error', () => {
  const found = read('module a\nrequire example.org/a\nwhat is this\n');
  assert.deepEqual(found.unknowns, ['2 entries of no meaning in a go.mod, the first "require example.org/a"']);
  for (const text of ['', 'go 1.20', 'x']) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text);
  }
});
