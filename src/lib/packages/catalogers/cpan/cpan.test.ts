import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { cpan } from './index.ts';
import { splitDistribution } from './split-distribution.ts';

const run = promisify(execFile);

evidence('catalogers/cpan', 'real tool', 'distributions that cpanm installed, as ExtUtils::Installed lists them');

const META = 'usr/local/lib/perl5/site_perl/5.40.0/x86_64-linux-gnu/.meta';
const PATH = `${META}/libwww-perl-6.67/MYMETA.json`;
const INSTALL = `${META}/libwww-perl-6.67/install.json`;
const EXAMPLE = JSON.stringify({
  name: 'libwww-perl',
  version: '6.67',
  license: ['perl_5'],
  prereqs: {
    runtime: { requires: { perl: '5.008001', 'HTTP::Date': '6', 'LWP::MediaTypes': '6' }, recommends: { X: '0' } },
    test: { requires: { 'Test::More': '0' } },
  },
});
const RECORD = {
  type: 'cpan',
  name: 'libwww-perl',
  version: '6.67',
  requires: ['HTTP::Date', 'LWP::MediaTypes'],
  licenses: ['perl_5'],
};
const INSTALLED = {
  dist: 'libwww-perl-6.67',
  name: 'LWP',
  target: 'LWP::UserAgent',
  version: '6.67',
  pathname: 'O/OA/OALDERS/libwww-perl-6.67.tar.gz',
  provides: { 'LWP::UserAgent': { file: 'lib/LWP/UserAgent.pm', version: '6.67' }, LWP: {} },
};

catalogerContract(cpan, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, document: unknown): ReturnType<typeof cpan.read> {
  return cpan.read({ path, bytes: Buffer.from(JSON.stringify(document)) });
}

test('metadata of installed distributions is wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    [INSTALL, true],
    ['.meta/Foo-1.0/install.json', true],
    [`${META}/MYMETA.json`, false],
    [`${META}//MYMETA.json`, false],
    ['root/Foo-1.0/MYMETA.json', false],
    [`${META}/Foo-1.0/MYMETA.yml`, false],
    ['opt/x.meta/Foo-1.0/install.json', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(cpan.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('both files of a folder say the same name and version', () => {
  assert.deepEqual(read(PATH, JSON.parse(EXAMPLE)), { packages: [RECORD] });
  assert.deepEqual(read(INSTALL, INSTALLED), {
    packages: [
      { type: 'cpan', name: 'libwww-perl', version: '6.67', provides: ['LWP::UserAgent', 'LWP'], licenses: [] },
    ],
  });
});

test('old metadata has its needs and its licence in other places', () => {
  const old = { name: 'libwww-perl', version: '6.67', license: 'perl', requires: { 'HTTP::Date': '6' } };
  assert.deepEqual(read(PATH, old).packages, [{ ...RECORD, requires: ['HTTP::Date'], licenses: ['perl'] }]);
  assert.deepEqual(read(PATH, { ...old, license: ['unknown'] }).packages?.[0]?.licenses, []);
});

const ARCHIVES: readonly (readonly [string, string | null])[] = [
  ['Foo-Bar-1.02', 'Foo-Bar 1.02'],
  ['libwww-perl-6.67', 'libwww-perl 6.67'],
  ['Foo-v1.2.3', 'Foo v1.2.3'],
  ['Foo-1.02-TRIAL', 'Foo 1.02-TRIAL'],
  ['Foo-1.0_01', 'Foo 1.0_01'],
  ['Foo-2-1.0', 'Foo-2 1.0'],
  ['Foo-1.0-2', 'Foo 1.0-2'],
  ['HTML-Template-Pro-0.9510', 'HTML-Template-Pro 0.9510'],
  ['IO-Compress-Zlib-7', 'IO-Compress-Zlib 7'],
  ['Net-SSH2-0.73', 'Net-SSH2 0.73'],
  ['Foo', null],
  ['Foo-Bar', null],
];

test('the name of an archive is split at its version', () => {
  for (const [text, expected] of [...ARCHIVES, ['-1.0', null], ['Foo-', null], ['-', null], ['', null]] as const) {
    const split = splitDistribution(text);
    assert.equal(split === null ? null : `${split.name} ${split.version}`, expected, text);
  }
});

const SPLIT = `
use CPAN::DistnameInfo;
print map { my $d = CPAN::DistnameInfo->new("E/EX/EXAMPLE/$_.tar.gz"); ($d->version // '') eq '' ? "\n" : $d->dist . ' ' . $d->version . "\n" } @ARGV;
`;

test('archives are split as CPAN::DistnameInfo does', { skip: missing('cpanm') }, async () => {
  const names = ARCHIVES.map(([text]) => text);
  const { stdout } = await run('perl', ['-e', SPLIT, ...names]);
  assert.deepEqual(
    stdout.split('\n').slice(0, -1),
    ARCHIVES.map(([, expected]) => expected ?? ''),
  );
});

test('an archive that does not say it is called what the distribution calls itself, or is an error', () => {
  const path = `${META}/Foo-current/MYMETA.json`;
  assert.deepEqual(read(path, { name: 'Other', version: '3' }).packages, [
    { type: 'cpan', name: 'Other', version: '3', licenses: [] },
  ]);
  for (const document of [{}, { name: 'Other' }, { name: 'a b', version: '1' }, [], null, 1]) {
    assert.throws(() => read(path, document), { code: 'PACKAGE_METADATA_INVALID', object: path });
  }
  const install = `${META}/Foo-current/install.json`;
  assert.throws(() => read(install, { name: 'Foo' }), { code: 'PACKAGE_METADATA_INVALID', object: install });
});

/** Eleven distributions; module and version are what `ExtUtils::Installed` finds in their files. */
const SOURCES = [
  { dist: 'Plimsoll-Alpha', version: '1.02', module: 'Plimsoll::Alpha', needs: ['Plimsoll::Beta'] },
  { dist: 'Plimsoll-Beta', version: 'v1.2.3', module: 'Plimsoll::Beta', needs: [] },
  { dist: 'libplimsoll-perl', version: '6.67', module: 'PlimsollLib', needs: [] },
  { dist: 'Plimsoll-2', version: '0.001', module: 'Plimsoll::Two', needs: [] },
  ...Array.from({ length: 7 }, (_, index) => ({
    dist: `Many-Part${index}`,
    version: `0.${index}1`,
    module: `Many::Part${index}`,
    needs: [],
  })),
];

const LIST = `
use Config;
use ExtUtils::Installed;
my $all = ExtUtils::Installed->new(inc_override => [$ARGV[0], "$ARGV[0]/$Config{archname}"]);
print map { "$_ " . $all->version($_) . "\\n" } grep { $_ ne 'Perl' } $all->modules;
`;

test('distributions that cpanm installs are those that Perl lists', { skip: missing('cpanm') }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cpan-'));
  try {
    const authors = join(folder, 'mirror/authors/id/E/EX/EXAMPLE');
    const index: string[] = ['File: 02packages.details.txt', `Line-Count: ${SOURCES.length}`, ''];
    mkdirSync(authors, { recursive: true });
    for (const { dist, version, module, needs } of SOURCES) {
      const source = `${dist}-${version}`;
      const file = `${source}/lib/${module.replaceAll('::', '/')}.pm`;
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), `package ${module};\nour $VERSION = '${version}';\n1;\n`);
      const prerequisites = needs.map((need) => `'${need}' => 0`).join(', ');
      writeFileSync(
        join(folder, source, 'Makefile.PL'),
        `use ExtUtils::MakeMaker; WriteMakefile(NAME => '${module}', DISTNAME => '${dist}', VERSION => '${version}',
          LICENSE => 'perl_5', PREREQ_PM => { ${prerequisites} });`,
      );
      await run('tar', ['-czf', join(authors, `${source}.tar.gz`), source], { cwd: folder });
      index.push(`${module} ${version} E/EX/EXAMPLE/${source}.tar.gz`);
    }
    mkdirSync(join(folder, 'mirror/modules'));
    writeFileSync(join(folder, 'mirror/modules/02packages.details.txt.gz'), gzipSync(`${index.join('\n')}\n`));
    const modules = SOURCES.map(({ module }) => module);
    const mirror = ['--notest', '--mirror', `file://${folder}/mirror`, '--mirror-only', '--local-lib-contained'];
    const env = { ...process.env, HOME: folder, PERL_CPANM_HOME: join(folder, 'home') };
    await run('cpanm', [...mirror, join(folder, 'local'), ...modules], { cwd: folder, env });

    const found = readdirSync(join(folder, 'local'), { recursive: true, encoding: 'utf8' })
      .filter((path) => cpan.wants({ path, mode: 0o644, size: 1 }))
      .flatMap((path) => cpan.read({ path, bytes: readFileSync(join(folder, 'local', path)) }).packages ?? []);
    const expected = SOURCES.map(({ dist, version }) => `${dist} ${version}`).toSorted();
    const ours = found.map(({ name, version }) => `${name} ${version}`).toSorted();
    assert.deepEqual(
      ours,
      expected.flatMap((name) => [name, name]),
    );

    // Perl lists the modules by which distributions were built: for most of them, the name with dashes.
    const { stdout: listed } = await run('perl', ['-e', LIST, join(folder, 'local/lib/perl5')], { env });
    const distributions = new Map(SOURCES.map(({ dist, module }) => [module, dist]));
    const theirs = listed
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\S+/, (module) => distributions.get(module) ?? module));
    assert.deepEqual(theirs.toSorted(), expected);

    const alpha = found.filter(({ name }) => name === 'Plimsoll-Alpha');
    assert.deepEqual(
      alpha.flatMap(({ requires = [] }) => requires),
      ['Plimsoll::Beta'],
    );
    assert.deepEqual(
      alpha.flatMap(({ licenses }) => licenses),
      ['perl_5'],
    );
    const beta = found.filter(({ name }) => name === 'Plimsoll-Beta');
    assert.deepEqual(
      beta.flatMap(({ provides = [] }) => provides),
      ['Plimsoll::Beta'],
    );
    t.diagnostic(`${expected.length} distributions`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
