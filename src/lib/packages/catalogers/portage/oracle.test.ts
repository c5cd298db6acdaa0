import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { digestHeads, splitHeads } from '#base/content-hash.ts';
import { PathHashes } from '#base/path-hash.ts';
import type { Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { PortageRoot } from '#test/fixtures/portage-root.ts';
import { missing } from '#test/prerequisites.ts';
import { portage } from './index.ts';
import { splitVersion } from './place.ts';

evidence(
  'catalogers/portage',
  'real tool',
  'a database that Portage wrote when it installed packages, listed by Portage',
);

/** What Portage itself has to say of its database. */
const LIST = `
import json, portage
from portage.dep import Atom, use_reduce
tree = portage.db[portage.settings['EROOT']]['vartree']
packages = []
for cpv in tree.dbapi.cpv_all():
    category, name, version, revision = portage.catpkgsplit(cpv)
    license, needed, later = tree.dbapi.aux_get(cpv, ['LICENSE', 'RDEPEND', 'PDEPEND'])
    atoms = use_reduce(needed + ' ' + later, matchall=True, flat=True, token_class=Atom)
    contents = portage.dblink(category, cpv.split('/')[1], settings=portage.settings, vartree=tree).getcontents()
    root = portage.settings['EROOT']
    packages.append({
        'name': category + '/' + name,
        'version': version if revision == 'r0' else version + '-' + revision,
        'licenses': use_reduce(license, opconvert=True),
        'requires': sorted({atom.cp for atom in atoms if isinstance(atom, Atom) and not atom.blocker}),
        'files': sorted(path[len(root):] for path, entry in contents.items() if entry[0] in ('obj', 'sym')),
        'digests': {path[len(root):]: entry[2] for path, entry in contents.items() if entry[0] == 'obj'},
    })
print(json.dumps(packages))
`;

interface Listed {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly (string | readonly string[])[];
  readonly requires: readonly string[];
  readonly files: readonly string[];
  readonly digests: Readonly<Record<string, string>>;
}

describe('a database that Portage wrote', { skip: missing('python', 'root') }, () => {
  let root: PortageRoot | undefined;
  before(() => {
    root = new PortageRoot();
    root.install({
      name: 'dev-lib/font-100dpi',
      version: '1.2.3b_rc2-r1',
      license: 'GPL-2+ || ( MIT BSD ) doc? ( FDL-1.3 )',
      depends: '>=a/b-1.0:0= doc? ( c/docs ) || ( d/e =f/g-2* ) !h/old ~i/j-2_p1 dev-lib/slotted:1',
      dependsAfter: 'k/late',
      files: { 'usr/share/a b/é c': 'text', 'usr/lib/plain': 'x', 'etc/settings': 'a=1' },
      links: { 'usr/lib/link y': '../share/x' },
    });
    root.install({ name: 'dev-lib/slotted', version: '1', slot: '1', files: { 'usr/lib/1': 'one' } });
    root.install({ name: 'dev-lib/slotted', version: '2.0-r3', slot: '2/5', files: { 'usr/lib/2': 'two' } });
    root.install({ name: 'virtual/empty', version: '9999', license: '' });
  });
  after(() => root?.remove());

  test('says what Portage lists', () => {
    assert.ok(root !== undefined);
    const listed = JSON.parse(root.ask(LIST)) as Listed[];
    assert.equal(listed.length, 4);
    const found = readAll(root.folder);
    for (const { name, version, licenses, requires, files, digests } of listed) {
      const parts = found.flatMap(({ packages = [] }) => packages.filter((each) => each.version === version));
      assert.ok(parts.length > 0 && parts.every((part) => part.name === name), name);
      assert.deepEqual(allOf(parts, 'licenses'), licenses.map((each) => textOf(each)).toSorted());
      assert.deepEqual(allOf(parts, 'requires'), requires);
      const owned = found.flatMap(({ owned: lists = [] }) => lists.filter((each) => each.version === version));
      assert.equal(owned.length, files.length === 0 ? 0 : 1);
      assert.deepEqual(hashesIn(owned[0]?.files), hashesIn(hashesOf(files)));
      const contents = Object.entries(digests).map(([path, digest]) => path + digest.slice(0, 16));
      assert.deepEqual(hashesIn(owned[0]?.contents), hashesIn(hashesOf(contents)));
    }
    assert.equal(new Set(found.flatMap(({ packages = [] }) => packages.map((each) => each.version))).size, 4);
  });

  test('has the digests that files have', () => {
    assert.ok(root !== undefined);
    const [md5 = ''] = splitHeads(digestHeads(readFileSync(join(root.folder, 'usr/lib/2'))));
    const owned = readAll(root.folder).flatMap(({ owned: lists = [] }) => lists);
    assert.equal(owned.find(({ version }) => version === '2.0-r3')?.contents, hashesOf([`usr/lib/2${md5}`]));
  });

  test('splits names and versions as Portage does', (context) => {
    assert.ok(root !== undefined);
    const part = fc.constantFrom(
      'a',
      'font',
      '100dpi',
      'r1',
      '1',
      '1.2',
      '2b',
      '1_p',
      '1_rc2',
      '1.2a.3',
      '-',
      '+',
      '_',
    );
    const names = fc.sample(
      fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('-')),
      { numRuns: 2000, seed: 1 },
    );
    const ask = `import json, sys, portage.versions
print(json.dumps([portage.versions.pkgsplit(name) for name in json.loads(${JSON.stringify(JSON.stringify(names))})]))`;
    const expected = JSON.parse(root.ask(ask)) as (readonly [string, string, string] | null)[];
    let split = 0;
    for (const [index, name] of names.entries()) {
      const theirs = expected[index] ?? null;
      if (theirs !== null) {
        const [short, version, revision] = theirs;
        const ours = splitVersion(name);
        assert.deepEqual(
          [ours[0], ours[1].replace(/-r0+$/, '')],
          [short, revision === 'r0' ? version : `${version}-${revision}`],
          name,
        );
        split += 1;
      }
    }
    context.diagnostic(`${split} of ${names.length} names have a version`);
    assert.ok(split >= 200);
  });
});

function readAll(root: string): readonly Found[] {
  const paths = execFileSync('find', ['var/db/pkg', '-type', 'f', '-printf', '%p\\n'], { cwd: root, encoding: 'utf8' });
  const found = paths
    .split('\n')
    .filter((path) => portage.wants({ path, mode: 0o644, size: 1 }))
    .map((path) => portage.read({ path, bytes: readFileSync(join(root, path)) }));
  assert.deepEqual(
    found.flatMap(({ unknowns = [] }) => unknowns),
    [],
  );
  return found;
}

function allOf(parts: readonly PackageRecord[], member: 'licenses' | 'requires'): readonly string[] {
  return parts.flatMap((part) => part[member] ?? []).toSorted();
}

/** `["||", "MIT", "BSD"]` as it is written. */
function textOf(license: string | readonly string[]): string {
  return typeof license === 'string' ? license : `${license[0]} ( ${license.slice(1).join(' ')} )`;
}

function hashesOf(paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

/** Sorted, since Portage tells files in no order. */
function hashesIn(text = ''): readonly string[] {
  return (Buffer.from(text, 'base64').toString('hex').match(/.{16}/g) ?? []).toSorted();
}
