import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { rustBinary } from './index.ts';

evidence('catalogers/rust-binary', 'real tool', 'a program built by cargo auditable, compared with cargo tree');

const folder = resolve(import.meta.dirname, '../../../../../test/fixtures/rust');

function textOf(name: string): string {
  return readFileSync(resolve(folder, name), 'utf8');
}

/** Lines of `cargo tree --prefix depth`: the depth, the name, a blank, the version with a `v`. */
function treeOfCargo(): { readonly crates: readonly string[]; readonly edges: readonly string[] } {
  const crates = new Set<string>();
  const edges = new Set<string>();
  const above: string[] = [];
  for (const line of textOf('tree.txt').trimEnd().split('\n')) {
    const [, depth = '', name = '', version = ''] = /^([0-9]+)(\S+) v(\S+)$/.exec(line) ?? [];
    const crate = `${name} ${version}`;
    crates.add(crate);
    above[Number(depth)] = crate;
    if (depth !== '0') {
      edges.add(`${above[Number(depth) - 1]} -> ${crate}`);
    }
  }
  return { crates: [...crates].toSorted(), edges: [...edges].toSorted() };
}

/**
 * Cargo's metadata, which cargo-auditable asks, resolves optional dependencies that a feature only would configure (`zlib-rs?/std`)
 * as if they were switched on. The list in the program is what is compared, so it is a package too many, as for every reader of it.
 */
const WEAK = 'zlib-rs 0.6.8';

test('crates and what they need of each other are those that cargo tree shows', () => {
  const { packages = [], unknowns } = rustBinary.read({ path: 'shop', bytes: readFileSync(resolve(folder, 'shop')) });
  assert.equal(unknowns, undefined);
  const crates = packages.map(({ name, version }) => `${name} ${version}`);
  const edges = packages.flatMap(({ name, version, requires = [] }) =>
    requires.map((needed) => `${name} ${version} -> ${needed}`),
  );
  const tree = treeOfCargo();
  assert.deepEqual(crates.toSorted(), [...tree.crates, WEAK].toSorted());
  assert.deepEqual(edges.toSorted(), [...tree.edges, `flate2 1.1.11 -> ${WEAK}`].toSorted());
  assert.ok(crates.length >= 15 && edges.length >= 15, `${crates.length} crates, ${edges.length} dependencies`);
});

test('what only builds it is in the lock file, and not in the program', () => {
  const { packages = [] } = rustBinary.read({ path: 'shop', bytes: readFileSync(resolve(folder, 'shop')) });
  const locked = [...textOf('shop.lock').matchAll(/^name = "(.*)"$/gm)].map(([, name = '']) => name);
  const found = new Set(packages.map(({ name }) => name));
  assert.deepEqual(locked.filter((name) => !found.has(name)).toSorted(), [
    'cc',
    'find-msvc-tools',
    'proc-macro2',
    'quote',
    'serde_derive',
    'shlex',
    'syn',
    'unicode-ident',
  ]);
});
