import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { osRelease } from './index.ts';
import { parseOsRelease } from './parse-os-release.ts';

evidence('catalogers/os-release', 'real tool', 'quoted values as a POSIX shell reads them');
evidence('catalogers/os-release', 'published', 'the files of Alpine, Debian and Ubuntu images');

const EXAMPLE = `# a comment
NAME="Alpine Linux"
ID=Alpine
ID_LIKE="debian  Fedora"
VERSION_ID='3.20.3'
VERSION_CODENAME=none # of them
PRETTY_NAME="Alpine \\"Linux\\" v3.20 \\$5"
`;

catalogerContract(osRelease, { example: { path: 'etc/os-release', bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof osRelease.read> {
  return osRelease.read({ path: 'usr/lib/os-release', bytes: Buffer.from(text) });
}

test('the fields are unquoted, ids are lower case', () => {
  assert.deepEqual(read(EXAMPLE).os, {
    id: 'alpine',
    versionId: '3.20.3',
    versionCodename: 'none',
    idLike: ['debian', 'fedora'],
    name: 'Alpine Linux',
    prettyName: 'Alpine "Linux" v3.20 $5',
  });
});

test('a file without ID has an empty one', () => {
  assert.deepEqual(read('\n').os, { id: '', idLike: [] });
  assert.deepEqual(read('VERSION_ID=\nID=""\n').os, { id: '', idLike: [] });
});

test('the last of several assignments counts, with any line ends and indents', () => {
  assert.equal(read('ID=a\r\n  ID=b\r\n#ID=c\n=d\nID_X=e').os?.id, 'b');
});

/** Words of a shell that neither expand nor run anything. */
const words = [`a`, `"a b"`, `'a b'c`, `a\\ b`, `"\\"\\\\\\a"`, `'\\'`, `""`, `"'"`, `'"'`, `a"b"'c'`, `"#"`, `a#b`];

test('quoting is that of a shell', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }), (parts) => {
      const word = parts.join('');
      const shell = execFileSync('/bin/sh', ['-c', `ID=${word}; printf %s "$ID"`], { encoding: 'utf8' });
      assert.equal(parseOsRelease(Buffer.from(`ID=${word}\n`)).get('ID'), shell, word);
    }),
    { numRuns: 60 },
  );
});

test('a quote that is not closed reaches to the end of its line', () => {
  assert.equal(read(`ID="a b\nNAME='c`).os?.id, 'a b');
  assert.equal(read(`ID=a\\`).os?.id, 'a\\');
});

test('real files name their system', { skip: missing('shared-data') }, () => {
  const manifests = readdirSync(data('manifests')).filter((name) => name.endsWith('.os-release'));
  assert.ok(manifests.length >= 16);
  for (const name of manifests) {
    const os = osRelease.read({ path: 'etc/os-release', bytes: readFileSync(data(`manifests/${name}`)) }).os;
    assert.equal(os?.id, 'debian', name);
    assert.ok(os.prettyName?.startsWith('Debian GNU/Linux'), name);
  }
  const ubuntu = readFileSync(data('pkgdb/ubuntu-18.04/etc/os-release'));
  assert.deepEqual(osRelease.read({ path: 'etc/os-release', bytes: ubuntu }).os, {
    id: 'ubuntu',
    versionId: '18.04',
    versionCodename: 'bionic',
    idLike: ['debian'],
    name: 'Ubuntu',
    prettyName: 'Ubuntu 18.04 LTS',
  });
});
