import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { python } from './index.ts';
import { markerHolds } from './markers.ts';
import { normalizeName } from './name.ts';
import { surroundingsOf } from './surroundings.ts';
import { normalizeVersion } from './version.ts';

evidence(
  'catalogers/python',
  'real tool',
  'distributions that pip installed, as pip lists them and importlib.metadata reads them (test/e2e/python-installed.test.ts)',
);
evidence('catalogers/python egg-info', 'real tool', 'metadata that setuptools wrote, as importlib.metadata reads it');

const PATH = 'usr/lib/python3/site-packages/Flask_Thing-1.0.dist-info/METADATA';
const EXAMPLE = `Metadata-Version: 2.4
Name: Flask_Thing
Version: 1.0
Summary: A thing
License-Expression: MIT
Classifier: Programming Language :: Python

Version: of the description
`;

catalogerContract(python, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof python.read> {
  return python.read({ path: PATH, bytes: Buffer.from(text) });
}

test('metadata of wheels and eggs is wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['a-1.dist-info/METADATA', true],
    ['lib/a.egg-info', true],
    ['lib/a.egg-info/PKG-INFO', true],
    ['lib/a.egg/EGG-INFO/PKG-INFO', true],
    ['lib/a-1.dist-info/direct_url.json', true],
    ['lib/direct_url.json', false],
    ['lib/a.egg-info/direct_url.json', false],
    ['lib/a.dist-info/RECORD', false],
    ['lib/a.egg-info/SOURCES.txt', false],
    ['lib/a-1-py3.11.egg', true],
    ['METADATA', false],
    ['PKG-INFO', false],
    ['lib/NOEGG-INFO/PKG-INFO', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(python.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('the headers end at the first blank line', () => {
  assert.deepEqual(read(EXAMPLE).packages, [{ type: 'pypi', name: 'flask-thing', version: '1.0', licenses: ['MIT'] }]);
  assert.equal(read('Name: a\r\n\r\nVersion: 1\r\n').packages?.[0]?.version, '');
});

test('names are normalised as PEP 503 says', () => {
  const names = [
    ['Flask', 'flask'],
    ['zope.interface', 'zope-interface'],
    ['a-_.B', 'a-b'],
    ['-a--b_', '-a-b-'],
    ['ruamel.yaml.clib', 'ruamel-yaml-clib'],
    ['__', '-'],
  ] as const;
  for (const [written, expected] of names) {
    assert.equal(normalizeName(written), expected, written);
  }
});

test('versions are normalised as PEP 440 says, and what is none stays as it is', () => {
  const versions = [
    ['1.0', '1.0'],
    ['v1.0RC1', '1.0rc1'],
    ['01.02.0', '1.2.0'],
    ['1.0-alpha_2', '1.0a2'],
    ['1.0.preview', '1.0rc0'],
    ['1.0c3', '1.0rc3'],
    ['1.0-1', '1.0.post1'],
    ['1.0r4', '1.0.post4'],
    ['1.0.post', '1.0.post0'],
    ['1.0DEV', '1.0.dev0'],
    ['0!1.0', '1.0'],
    ['1!2.0b2.post345.dev456+Ubuntu-1_007', '1!2.0b2.post345.dev456+ubuntu.1.7'],
    ['2.0.0+git.00a', '2.0.0+git.00a'],
    ['1.0-ubuntu', '1.0-ubuntu'],
    ['unknown', 'unknown'],
    ['', ''],
    [`1.${'0'.repeat(300)}`, `1.${'0'.repeat(300)}`],
  ] as const;
  for (const [written, expected] of versions) {
    assert.equal(normalizeVersion(written), expected, written);
  }
});

test('what it depends on is named, but not what only an extra asks for', () => {
  const lines = [
    'Requires-Dist: Zope.Interface (>=5)',
    'Requires-Dist: b[socks]>=1 ; python_version < "3"',
    "Requires-Dist: c; extra=='c'",
    'Requires-Dist: d ; (sys_platform == "win32") and extra == "d"',
    'Requires-Dist: e @ https://example.org/e.whl',
    'Requires-Dist: b',
    'Requires-Dist: ; f',
  ];
  const [record] = read(`Name: a\nVersion: 1\n${lines.join('\n')}\n`).packages ?? [];
  assert.deepEqual(record?.requires, ['b', 'e', 'zope-interface']);
});

test('what a marker excludes where the distribution lies is not needed', () => {
  const requires = (path: string, ...lines: readonly string[]): readonly string[] | undefined => {
    const text = lines.map((line) => `Requires-Dist: ${line}\n`).join('');
    const bytes = Buffer.from(`Name: a\nVersion: 1\n${text}`);
    return python.read({ path: `${path}/a-1.dist-info/METADATA`, bytes }).packages?.[0]?.requires;
  };
  const lines = ['b; python_version < "3.9"', 'c; sys_platform == "win32"', 'd; platform_machine == "arm64"'];
  assert.deepEqual(requires('opt/venv/lib/python3.11/site-packages', ...lines), ['d']);
  assert.deepEqual(requires('opt/venv/lib/python3.8/site-packages', ...lines), ['b', 'd']);
  assert.deepEqual(requires('app/Lib/site-packages', ...lines), ['b', 'c', 'd']);
  assert.deepEqual(requires('app', ...lines), ['b', 'c', 'd']);
});

test('markers hold, do not hold, or cannot be told', () => {
  const markers: readonly (readonly [marker: string, place: string, expected: boolean | null])[] = [
    ['python_version < "3.11"', '3.11', false],
    ["python_version<'3.12'", '3.11', true],
    ['python_version >= "3.11.0"', '3.11', true],
    ['python_version == "3.11"', '3.11', true],
    ['python_version != "3.11"', '3.11', false],
    ['python_version > "3.9"', '3.11', true],
    ['python_version <= "3"', '3.11', false],
    ['"3.8" > python_version', '3.11', false],
    ['python_version == "3.*"', '3.11', true],
    ['python_version != "2.*"', '3.11', true],
    ['python_version ~= "3.8"', '3.11', true],
    ['python_version ~= "2.7"', '3.11', false],
    ['python_version in "2.7 3.11"', '3.11', null],
    ['python_version not in "2.7"', '3.11', null],
    ['python_version === "3.11"', '3.11', null],
    ['python_version < "3.11rc1"', '3.11', null],
    ['python_full_version < "3.11.4"', '3.11', null],
    ['python_full_version >= "3.11"', '3.11', true],
    ['python_full_version < "3.10.2"', '3.11', false],
    ['python_full_version == "3.11.*"', '3.11', true],
    ['python_full_version == "3.11.4.*"', '3.11', null],
    ['python_full_version ~= "3.11.2"', '3.11', null],
    ['python_version < "3"', '3', false],
    ['python_version >= "3.0"', '3', true],
    ['python_version == "3"', '3', null],
    ['python_version < "3.8"', '3', null],
    ['python_version < "4"', '3', true],
    ['os_name == "nt"', '3.11', false],
    ['os_name != "posix"', '3.11', false],
    ['platform_system == "Windows"', '3.11', false],
    ['platform_system != "Windows"', '3.11', true],
    ['platform_system == "Darwin"', '3.11', null],
    ['implementation_name == "cpython"', '3.11', null],
    ['extra == "x"', '3.11', false],
    ['extra == "x" and implementation_name == "cpython"', '3.11', false],
    ['extra == "x" or python_version >= "3"', '3.11', true],
    ['python_version < "3" and extra == "x" or python_version >= "3"', '3.11', true],
    ['python_version < "3" and (extra == "x" or python_version >= "3")', '3.11', false],
    ['implementation_name == "cpython" or python_version < "3"', '3.11', null],
    ['implementation_name == "cpython" and python_version < "3"', '3.11', false],
    ['', '3.11', null],
    ['(python_version < "3"', '3.11', null],
    ['python_version < "3" python_version', '3.11', null],
    ['python_version "3"', '3.11', null],
    ['python_version < "3', '3.11', null],
    ['"3" < "4"', '3.11', null],
    ['python_version < "3" and', '3.11', null],
    [`${'('.repeat(40)}python_version < "3"${')'.repeat(40)}`, '3.11', null],
    [`${' '.repeat(5000)}python_version < "3"`, '3.11', null],
    ['Python', '3.11', null],
  ];
  for (const [marker, version, expected] of markers) {
    const path = `usr/lib/python${version}/site-packages/a-1.dist-info/METADATA`;
    assert.equal(markerHolds(marker, surroundingsOf(path)), expected, marker);
  }
});

test('one Python has one environment, wherever it looks for distributions', () => {
  const paths = [
    ['opt/venv/lib64/python3.11/site-packages/a-1.dist-info/METADATA', 'opt/venv/lib/python3.11/site-packages'],
    ['usr/lib/python3/dist-packages/a-1.egg-info', 'usr/dist-packages'],
    ['usr/local/lib/python3.11/dist-packages/a-1.dist-info/METADATA', 'usr/dist-packages'],
    ['usr/lib64/python3.9/site-packages/a-1.egg-info/PKG-INFO', 'usr/lib/python3.9/site-packages'],
    ['usr/local/lib/python3.9/site-packages/a.egg/EGG-INFO/PKG-INFO', 'usr/lib/python3.9/site-packages'],
    ['a-1.dist-info/METADATA', ''],
    ['EGG-INFO/PKG-INFO', ''],
  ] as const;
  for (const [path, expected] of paths) {
    assert.equal(python.environment?.(path), expected, path);
  }
});

test('an egg that is an archive', () => {
  const path = 'lib/a-1-py3.11.egg';
  const egg = (files: Readonly<Record<string, string>>): ReturnType<typeof python.read> =>
    python.read({ path, bytes: zipArchive(Object.entries(files).map(([name, content]) => ({ name, content }))) });
  const described = { 'EGG-INFO/PKG-INFO': 'Name: a\nVersion: 1\n' };
  const record = { type: 'pypi', name: 'a', version: '1', licenses: [], within: 'EGG-INFO/PKG-INFO' };
  assert.deepEqual(egg(described).packages, [record]);
  const required = 'b>=1\n\n[:python_version < "3"]\nc\n\n[extra]\nd\n\n[extra:python_version < "3"]\ne\n';
  assert.deepEqual(egg({ ...described, 'EGG-INFO/requires.txt': required }).packages, [
    { ...record, requires: ['b', 'c'] },
  ]);
  assert.throws(() => egg({ 'a.py': '' }), { code: 'PACKAGE_METADATA_INVALID', object: path });
  assert.throws(() => python.read({ path, bytes: Buffer.from('no archive') }), { code: 'ZIP_INVALID', object: path });
});

test('the licence is the most exact one that is stated', () => {
  const osi = 'Classifier: License :: OSI Approved :: ';
  const forms: readonly (readonly [string, readonly string[]])[] = [
    [`License-Expression: MIT AND BSD-3-Clause\nLicense: x\n${osi}X\n`, ['MIT AND BSD-3-Clause']],
    [`License: BSD 3-Clause\n${osi}BSD License\n`, ['BSD 3-Clause']],
    [`License: UNKNOWN\n${osi}BSD License\n${osi}MIT License\n${osi}MIT License\n`, ['BSD License', 'MIT License']],
    [`License: Copyright someone\n        all rights\n${osi}ISC License (ISCL)\n`, ['ISC License (ISCL)']],
    [`License: ${'x'.repeat(300)}\n`, []],
    ['Classifier: License :: Public Domain\nClassifier: License :: OSI Approved\n', ['Public Domain']],
    ['', []],
  ];
  for (const [headers, expected] of forms) {
    assert.deepEqual(read(`Name: a\nVersion: 1\n${headers}`).packages?.[0]?.licenses, expected, headers);
  }
});

test('a missing or impossible name is an error', () => {
  for (const text of ['', '\n', 'Version: 1\n', 'Name: \n', 'Name: a b\n', 'Name: ü\n']) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text);
  }
});

const LIST_INSTALLED = `
import importlib.metadata, re, sys
for found in importlib.metadata.distributions(path=[sys.argv[1]]):
    print(re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower(), found.version, sep="\\t")
`;

const MAKE_EGG_INFO = `
import setuptools
setuptools.setup(
    name="Zope.Thing_x", version="1.0rc1", license="ZPL 2.1", script_args=["-q", "egg_info"], py_modules=[],
    description="A thing", long_description="Version: of the description", install_requires=["six"],
    classifiers=["License :: OSI Approved :: Zope Public License"],
)`;

test('what setuptools writes is found as Python finds it', { skip: missing('python') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-egg-'));
  try {
    execFileSync('python3', ['-c', MAKE_EGG_INFO], { cwd: folder, stdio: 'pipe' });
    const listed = execFileSync('python3', ['-c', LIST_INSTALLED, folder], { encoding: 'utf8' }).trim();
    assert.equal(listed.split('\t')[0], 'zope-thing-x');

    const wanted = globSync('**/*-INFO', { cwd: folder }).filter((path) =>
      python.wants({ path, mode: 0o644, size: 1 }),
    );
    assert.deepEqual(wanted, ['Zope.Thing_x.egg-info/PKG-INFO']);
    const [record] = wanted.flatMap(
      (path) => python.read({ path, bytes: readFileSync(join(folder, path)) }).packages ?? [],
    );
    assert.equal(`${record?.name}\t${record?.version}`, listed);
    assert.deepEqual(record?.licenses, ['ZPL 2.1']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Most are examples of PEP 610. */
const DIRECT_URLS: readonly (readonly [text: string, url: string | null])[] = [
  [
    '{"url": "https://github.com/pypa/pip/archive/1.3.1.zip", "archive_info": {"hashes": {"sha256": "2dc6"}}}',
    'https://github.com/pypa/pip/archive/1.3.1.zip',
  ],
  [
    '{"url": "https://github.com/pypa/pip.git", "vcs_info": {"vcs": "git", "requested_revision": "1.3.1", "commit_id": "7921be15"}}',
    'git+https://github.com/pypa/pip.git@7921be15',
  ],
  ['{"url": "file:///home/user/project", "dir_info": {"editable": true}}', 'file:///home/user/project'],
  ['{"url": "https://me:secret@pypi.acme.example/a.whl?key=secret"}', 'https://pypi.acme.example/a.whl'],
  [
    '{"url": "ssh://git@code.example/a.git", "vcs_info": {"vcs": "git", "commit_id": "0"}}',
    'git+ssh://code.example/a.git@0',
  ],
  ['{"url": "ssh://evil.example", "vcs_info": {"vcs": "git", "commit_id": "0123"}}', null],
  ['{"url": "https://a.example/a", "vcs_info": {"vcs": "git", "commit_id": "0/../../b"}}', null],
  ['{"url": "https://a.example/a", "vcs_info": {"vcs": "x://b.example/", "commit_id": "0"}}', null],
  ['{"url": "https://a.example/a", "vcs_info": {}}', null],
  ['{"url": "https://a.example/a", "vcs_info": []}', null],
  ['{"url": ["https://a.example/a"]}', null],
  ['{"url": "a.whl"}', null],
  ['{}', null],
  ['[]', null],
  ['{', null],
  ['', null],
];

test('an installer that was told a URL says so, and of a repository the commit', () => {
  for (const [text, url] of DIRECT_URLS) {
    const found = python.read({ path: PATH.replace('METADATA', 'direct_url.json'), bytes: Buffer.from(text) });
    assert.deepEqual(found, url === null ? {} : { origins: [{ path: PATH, url }] }, text);
  }
});
