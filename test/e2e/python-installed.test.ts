import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { installedOnce, installWheel, wheelForAnyPlatform } from '../fixtures/registry-packages.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'packages/dependencies of python',
  'real tool',
  'what pip installed, as pip list has it and with markers as pip evaluates them',
);
evidence('catalogers/python eggs', 'real tool', 'an archive that setuptools made, as importlib.metadata reads it');

const home = temporaryHome();
after(() => home.remove());

/** In two environments, so that one distribution is there in two versions. */
const WANTED = {
  'srv/one/lib/python3/site-packages': ['Flask==2.3.3', 'requests[socks]==2.31.0', 'zope.event==5.0', 'click==8.1.7'],
  'srv/two/lib/python3/site-packages': ['click==8.1.3', 'nltk==3.8.1', 'ruamel.yaml==0.17.40', 'regex==2024.5.15'],
} as const;

/** Name and version of each, and what needs what: the requirements whose markers hold here, without extras, of what is there. */
const LIST = `
import importlib.metadata, json, re, sys
from pip._vendor.packaging.requirements import Requirement
canonical = lambda name: re.sub(r"[-_.]+", "-", name).lower()
found = {canonical(d.metadata["Name"]): d for d in importlib.metadata.distributions(path=[sys.argv[1]])}
edges = set()
for name, dist in found.items():
    for requirement in map(Requirement, dist.requires or []):
        needed = canonical(requirement.name)
        if (requirement.marker is None or requirement.marker.evaluate({"extra": ""})) and needed in found:
            edges.add(f"{name}@{dist.version} {needed}@{found[needed].version}")
print(json.dumps(sorted(edges)))
`;

function python(...args: readonly string[]): string {
  return execFileSync('python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 });
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function edgesOf({ packages }: Report): readonly string[] {
  const names = new Map(packages.map(({ purl, name, version }) => [purl, `${name}@${version}`]));
  return packages.flatMap(({ type, purl, dependsOn = [] }) =>
    type === 'pypi' ? dependsOn.map((needed) => `${names.get(purl)} ${names.get(needed)}`) : [],
  );
}

test('what pip installed is what pip lists, and so is what needs what', { skip: missing('python') }, async (t) => {
  const folder = installedOnce('python-tree-1', (into) => {
    for (const [place, wanted] of Object.entries(WANTED)) {
      const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile'];
      python('-m', 'pip', 'install', ...quiet, '--only-binary=:all:', '--target', join(into, place), ...wanted);
    }
  });
  // setuptools brings copies of others along, with their metadata: an environment of its own, which pip lists when it is asked for that.
  const vendored = globSync('**/setuptools/_vendor', { cwd: folder });
  const places = [...Object.keys(WANTED), ...vendored].map((place) => join(folder, place));
  const listed = places.flatMap((place) => {
    const text = python('-m', 'pip', 'list', '--disable-pip-version-check', '--format=json', '--path', place);
    const list = JSON.parse(text) as readonly { readonly name: string; readonly version: string }[];
    return list.map(({ name, version }) => `${normal(name)}@${version}`);
  });
  assert.ok(listed.length >= 15, `${listed.length}`);
  const report = await home.report(`rootfs:${folder}`, '--no-lock-files');
  const found = report.packages.filter(({ type }) => type === 'pypi').map(({ name, version }) => `${name}@${version}`);
  assert.deepEqual(found.toSorted(), [...new Set(listed)].toSorted());
  assert.ok(found.includes('click@8.1.3') && found.includes('click@8.1.7'));

  const expected = new Set(places.flatMap((place) => JSON.parse(python('-c', LIST, place)) as readonly string[]));
  const edges = edgesOf(report);
  assert.deepEqual(edges.toSorted(), [...expected].toSorted());
  assert.ok(edges.length >= 15);
  t.diagnostic(`${found.length} distributions, ${edges.length} dependencies`);
});

/** Whose markers leave out what is there for others: `colorama` is only for Windows, `typing-extensions` and `importlib-metadata` for older Pythons. */
const WITH_MARKERS = [
  'click==8.1.7',
  'colorama==0.4.6',
  'Flask==2.3.3',
  'importlib-metadata==6.8.0',
  'rich==13.7.0',
  'typing-extensions==4.9.0',
];

test('what a marker leaves out is not needed, though it is there', { skip: missing('python') }, async () => {
  const version = python('-c', 'import sys; print("%d.%d" % sys.version_info[:2])').trim();
  const place = `usr/lib/python${version}/site-packages`;
  const folder = installedOnce(`python-markers-1-${version}`, (into) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile'];
    python('-m', 'pip', 'install', ...quiet, '--only-binary=:all:', '--target', join(into, place), ...WITH_MARKERS);
  });
  const expected = JSON.parse(python('-c', LIST, join(folder, place))) as readonly string[];
  const edges = edgesOf(await home.report(`rootfs:${folder}`, '--no-lock-files'));
  assert.deepEqual(edges.toSorted(), expected);
  assert.ok(edges.length >= 8 && edges.some((edge) => edge.startsWith('importlib-metadata@6.8.0 zipp@')));
  assert.ok(!edges.some((edge) => edge.includes(' colorama@')), edges.join());
});

const PROJECTS = {
  'modern/pyproject.toml': `
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "Modern.Thing"
version = "1.0RC1"
dependencies = ["zope_event>=1"]
`,
  'modern/modern_thing/__init__.py': '',
  'old/setup.py': 'import setuptools\nsetuptools.setup(name="Old_Thing", version="2.0-1", py_modules=["old"])\n',
  'old/old.py': '',
} as const;

test('what pip and setuptools installed to be edited is what pip lists, each once', {
  skip: missing('python'),
}, async () => {
  const tools = installedOnce('python-tools-1', (into) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--only-binary=:all:'];
    python('-m', 'pip', 'install', ...quiet, '--target', into, 'setuptools==69.5.1', 'wheel==0.43.0');
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-editable-')));
  try {
    for (const [path, content] of Object.entries(PROJECTS)) {
      mkdirSync(dirname(join(folder, 'src', path)), { recursive: true });
      writeFileSync(join(folder, 'src', path), content);
    }
    const site = join(folder, 'usr/lib/python3/site-packages');
    installWheel('zope.event', '5.0', site);
    const run = (cwd: string, ...args: readonly string[]): void => {
      const env = { ...process.env, PYTHONPATH: `${tools}:${site}` };
      execFileSync('python3', ['-W', 'ignore', ...args], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    };
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];
    const alone = ['--no-build-isolation', '--no-deps', '--no-index', '--prefix', join(folder, 'made')];
    run(folder, '-m', 'pip', 'install', ...quiet, ...alone, '--editable', join(folder, 'src/modern'));
    // Where a Python keeps them depends on its version and on who built it.
    const [made = ''] = globSync('made/**/Modern.Thing-*.dist-info', { cwd: folder });
    cpSync(join(folder, dirname(made)), site, { recursive: true });
    rmSync(join(folder, 'made'), { recursive: true });
    run(join(folder, 'src/old'), 'setup.py', '-q', 'develop', '--no-deps', '--install-dir', site);
    assert.equal(globSync('*.egg-link', { cwd: site }).length, 1);
    assert.equal(globSync('*.dist-info/direct_url.json', { cwd: site }).length, 1);

    const text = python('-m', 'pip', 'list', '--disable-pip-version-check', '--format=json', '--path', site);
    const listed = (JSON.parse(text) as readonly { readonly name: string; readonly version: string }[]).map(
      ({ name, version }) => `${normal(name)}@${version}`,
    );
    assert.deepEqual(listed.toSorted(), ['modern-thing@1.0rc1', 'old-thing@2.0.post1', 'zope-event@5.0']);
    const report = await home.report(`rootfs:${folder}`, '--no-lock-files');
    assert.deepEqual(
      report.packages.filter(({ type }) => type === 'pypi').map(({ name, version }) => `${name}@${version}`),
      listed.toSorted(),
    );
    assert.deepEqual(edgesOf(report), ['modern-thing@1.0rc1 zope-event@5.0']);
    assert.deepEqual(
      report.unknowns.filter(({ analyser }) => analyser === 'python'),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const MAKE_EGG = `
import setuptools
setuptools.setup(
    name="Thing.egg_x", version="1.0RC01", license="ZPL 2.1", script_args=["-q", "bdist_egg"], py_modules=["thing"],
    install_requires=["six>=1", 'tomli; python_version < "99"'], extras_require={"test": ["pytest"]},
)`;

test('an egg that setuptools made is read as Python reads it', { skip: missing('python') }, async () => {
  const folder = installedOnce('python-egg-1', (into) => {
    const source = join(into, 'source');
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, 'thing.py'), '');
    execFileSync('python3', ['-W', 'ignore', '-c', MAKE_EGG], { cwd: source, stdio: ['ignore', 'ignore', 'ignore'] });
  });
  const place = join(folder, 'source/dist');
  const ask =
    'import glob, importlib.metadata, sys; [d] = importlib.metadata.distributions(path=glob.glob(sys.argv[1] + "/*.egg")); print(d.metadata["Name"], d.version)';
  const [name = '', version] = python('-c', ask, place).trim().split(' ');
  const { packages, unknowns } = await home.report(`rootfs:${place}`);
  assert.deepEqual(
    packages.map((item) => [item.name, item.version, item.licenses, item.locations.map(({ within }) => within)]),
    [[normal(name), version, ['ZPL 2.1'], ['EGG-INFO/PKG-INFO']]],
  );
  assert.deepEqual(
    unknowns.filter(({ analyser }) => analyser === 'python'),
    [],
  );
});

test('what pip was told the URL of was got from there, and of what it has from an index nobody says', {
  skip: missing('python'),
}, async () => {
  const wheel = wheelForAnyPlatform('zope.event', '5.0');
  const server = createServer((_, response) => response.end(readFileSync(wheel)));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-direct-')));
  try {
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const site = join(folder, 'usr/lib/python3/site-packages');
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-cache-dir'];
    const url = `http://me:secret@${host}/wheels/${basename(wheel)}`;
    await promisify(execFile)(
      'python3',
      ['-m', 'pip', 'install', ...quiet, '--no-deps', '--no-index', '--target', site, url],
      { env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' } },
    );
    installWheel('click', '8.1.7', site);
    const { packages } = await home.report(`rootfs:${folder}`);
    assert.deepEqual(
      packages.map(({ name, origin }) => [name, origin]),
      [
        ['click', undefined],
        ['zope-event', `http://${host}/wheels/${basename(wheel)}`],
      ],
    );
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
