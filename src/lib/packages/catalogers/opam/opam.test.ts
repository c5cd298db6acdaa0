import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogerContract } from '../contract.ts';
import { opam } from './index.ts';

const PATH = 'home/opam/.opam/5.1/.opam-switch/switch-state';
const EXAMPLE = `opam-version: "2.0"
# installed: ["zarith.9"]
compiler: ["ocaml-base-compiler.5.1.1"]
roots: ["yojson.2.0.2"]
installed: [
  "ocaml-base-compiler.5.1.1"
  "base-unix.base"
  "yojson.2.0.2"
]
pinned: ["x.dev"]
`;

catalogerContract(opam, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof opam.read> {
  return opam.read({ path: PATH, bytes: Buffer.from(text) });
}

const YOJSON = { type: 'opam', name: 'yojson', version: '2.0.2', licenses: [] };

test('the state of a switch is wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['.opam-switch/switch-state', true],
    ['app/_opam/.opam-switch/switch-state', true],
    ['app/x.opam-switch/switch-state', false],
    ['home/opam/.opam/5.1/.opam-switch/switch-config', false],
    ['switch-state', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(opam.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('what is installed, and not what was asked for or is pinned', () => {
  const found = read(EXAMPLE);
  assert.deepEqual(
    found.packages?.map(({ name, version }) => `${name} ${version}`),
    ['ocaml-base-compiler 5.1.1', 'base-unix base', 'yojson 2.0.2'],
  );
  assert.deepEqual(read(EXAMPLE.replaceAll('\n', '\r\n')), found);
  assert.deepEqual(read('installed: "yojson.2.0.2"'), { packages: [YOJSON] });
  assert.deepEqual(read('installed: []'), { packages: [] });
});

test('what is no name with a version is an unknown, counted', () => {
  const found = read('installed: ["yojson.2.0.2" "yojson" "a b.1" "a." ".1" "a.1/2"]');
  assert.deepEqual(found, { packages: [YOJSON], unknowns: ['5 installed packages without a name and a version'] });
});

test('a file that does not say what is installed is an error', () => {
  for (const text of [
    '',
    '\0',
    'roots: ["a.1"]',
    'installed: ["a.1"',
    'installed: ["a.1',
    '"installed: []"',
    '['.repeat(200_000),
  ]) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text.slice(0, 40));
  }
});

test('more packages than the limit are refused', () => {
  assert.throws(() => read(`installed: [${'"a.1" '.repeat(250_001)}]`), { code: 'LIMIT_EXCEEDED', object: PATH });
});
