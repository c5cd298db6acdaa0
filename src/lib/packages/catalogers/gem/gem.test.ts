import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { gem } from './index.ts';

evidence(
  'catalogers/gem',
  'real tool',
  'the gems that come with Ruby from apt, and one that gem built and installed, as Gem::Specification.load reads them',
);

const PATH = 'usr/share/rubygems-integration/all/specifications/rack-2.2.6.4.gemspec';
const EXAMPLE = `# -*- encoding: utf-8 -*-
# stub: rack 2.2.6.4 ruby lib

Gem::Specification.new do |s|
  s.name = "rack".freeze
  s.version = "2.2.6.4"

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.metadata = { "changelog_uri" => "https://rack.example/#x" } if s.respond_to? :metadata=
  s.authors = ["Andr\\u00E9".freeze, "B \\"C\\"".freeze]
  s.homepage = "https://rack.example".freeze
  s.licenses = ["MIT".freeze, "Ruby".freeze]

  if s.respond_to? :add_runtime_dependency then
    s.add_development_dependency(%q<minitest>.freeze, ["~> 5.0"])
  end
end
`;

catalogerContract(gem, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof gem.read> {
  return gem.read({ path: PATH, bytes: Buffer.from(text) });
}

function specification(...statements: readonly string[]): string {
  return ['Gem::Specification.new do |s|', ...statements.map((statement) => `  ${statement}`), 'end', ''].join('\n');
}

const RACK = { type: 'gem', name: 'rack', version: '2.2.6.4', licenses: [] };
const NAMED = ['s.name = "rack".freeze', 's.version = "2.2.6.4"'] as const;

test('specifications of installed gems are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['usr/lib/ruby/gems/3.1.0/specifications/default/psych-4.0.3.gemspec', true],
    ['usr/lib/ruby/gems/3.1.0/gems/rack-2.2.6.4/rack.gemspec', false],
    ['bundle/ruby/3.1.0/bundler/gems/rack-abc/rack.gemspec', true],
    ['bundle/ruby/3.1.0/bundler/gems/rails-abc/actionpack/actionpack.gemspec', true],
    ['bundle/ruby/3.1.0/bundler/gems/rails-abc/test/fixture.gemspec', false],
    ['bundle/ruby/3.1.0/bundler/gems/rails-abc/a/b/b.gemspec', false],
    ['bundle/ruby/3.1.0/bundler/gems/rack.gemspec', false],
    ['bundler/gems/rack-abc/rack.gemspec', true],
    ['mybundler/gems/rack-abc/rack.gemspec', false],
    ['opt/specifications/deep/rack.gemspec', false],
    ['opt/myspecifications/rack.gemspec', false],
    ['opt/specifications/rack.gemspec.bak', false],
    ['rack.gemspec', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(gem.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a specification as rubygems writes it', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [{ ...RACK, licenses: ['MIT', 'Ruby'] }] });
  assert.deepEqual(read(EXAMPLE.replaceAll('\n', '\r\n')), read(EXAMPLE));
});

test('literals of all forms that any version of it wrote', () => {
  const names: readonly (readonly [string, string])[] = [
    ['%q{rack}', 'rack'],
    ['%q<rack>.freeze', 'rack'],
    ["'rack'", 'rack'],
    ['"r\\x61\\143k"', 'rack'],
    ['"\\u0072\\u{61}ck" # "name"', 'rack'],
    ['"rack"; s.version = "2.2.6.4"', 'rack'],
    ['"rack" if s.respond_to? :name=', 'rack'],
  ];
  for (const [written, expected] of names) {
    const text = specification(`s.name = ${written}`, 's.version = "2.2.6.4"');
    assert.deepEqual(read(text), { packages: [{ ...RACK, name: expected }] }, written);
  }
  const licenses: readonly (readonly [string, readonly string[]])[] = [
    ['s.licenses = ["Apache-2.0".freeze, %q{MIT}]', ['Apache-2.0', 'MIT']],
    ['s.licenses = ["".freeze, " "]', []],
    ['s.licenses = []', []],
    ['s.license = "L\\u00e9"', ['Lé']],
  ];
  for (const [written, expected] of licenses) {
    assert.deepEqual(read(specification(...NAMED, written)).packages, [{ ...RACK, licenses: expected }], written);
  }
});

test('what a gem needs at run time is named, and not what developing it takes', () => {
  const statements = [
    's.add_runtime_dependency(%q<a>.freeze, [">= 1".freeze, "< 9"])',
    's.add_runtime_dependency("b-c")',
    "s.add_dependency 'd', '~> 1'",
    "s.add_dependency 'a'",
    's.add_development_dependency(%q<e>.freeze, [">= 0"])',
    'else',
    's.add_dependency(%q<e>, [">= 0"])',
  ];
  assert.deepEqual(read(specification(...NAMED, ...statements)), {
    packages: [{ ...RACK, requires: ['a', 'b-c', 'd'] }],
  });
  for (const called of ['(NAME, ">= 1")', '("a" + b, ">= 1")', '("a/b\n  s.version = "9"', ' "#{x}"']) {
    const { packages, unknowns } = read(specification(...NAMED, `s.add_dependency${called}`));
    assert.deepEqual(packages, [RACK], called);
    assert.match(unknowns?.join() ?? '', /evaluated|ends inside/, called);
  }
  const open = read(specification(...NAMED, 's.add_dependency("a",', 's.version = "9")'));
  assert.deepEqual(open, { packages: [{ ...RACK, requires: ['a'] }] });
});

test('a platform other than ruby is part of the gem', () => {
  assert.deepEqual(read(specification(...NAMED, 's.platform = "java".freeze')).packages, [
    { ...RACK, architecture: 'java' },
  ]);
  assert.deepEqual(read(specification(...NAMED, 's.platform = "ruby"')).packages, [RACK]);
});

test('the last assignment counts, and none that is inside a string, a comment or a condition', () => {
  assert.deepEqual(read(specification('s.version = "1"', ...NAMED)).packages, [RACK]);
  const hiding = [
    's.description = %q{a {b}\n  s.version = "9"\n}',
    's.description = "a\n  s.version = \\"9\\"\n  s.version = 9"',
    's.files = [\n  s.version = "9"\n]',
    '# s.version = "9"',
    'x.version = "9"',
    's.versions = "9"',
    's.version == "9"',
  ];
  for (const statement of hiding) {
    assert.deepEqual(read(specification(...NAMED, statement)).packages, [RACK], statement);
  }
});

test('what would have to be evaluated is an unknown, and the stub line says it', () => {
  const values = [
    'Rack::VERSION',
    '"2.#{x}"',
    '"2" + "3"',
    '"2" if false',
    '"2".freeze.succ',
    '%q(2).next',
    'File.read("v")',
  ];
  for (const value of values) {
    const text = specification('s.name = "rack"', `s.version = ${value}`);
    const found = read(text);
    assert.deepEqual(found.packages, [{ ...RACK, version: '' }], value);
    assert.match(found.unknowns?.join() ?? '', /would have to be evaluated/, value);
    assert.deepEqual(read(`# x\n# stub: rack 2.2.6.4 java lib\n${text}`).packages, [{ ...RACK, architecture: 'java' }]);
  }
});

test('a stub line that names another gem or version is an unknown', () => {
  for (const stub of ['rack 2.2.6.5 ruby lib', 'puma 2.2.6.4 ruby lib', 'rack']) {
    assert.match(read(`# stub: ${stub}\n${specification(...NAMED)}`).unknowns?.join() ?? '', /names another/, stub);
  }
  const second = `${specification(...NAMED)}${specification('s.name = "puma"')}`;
  assert.match(read(second).unknowns?.join() ?? '', /second specification/);
});

test('a file that ends inside a statement is an unknown', () => {
  for (const statement of ['s.summary = "x', 's.files = ["x"', 's.summary = %q<x']) {
    assert.match(read(specification(...NAMED, statement)).unknowns?.join() ?? '', /ends inside/, statement);
  }
});

test('what names no gem is an error', () => {
  const names = ['', '"a b"', '"../x"', '"ü"', `"${'a'.repeat(300)}"`, 'NAME', '""'];
  for (const text of [
    '',
    '\0',
    'bogus',
    ...names.map((name) => specification(`s.name = ${name}`, 's.version = "1"')),
  ]) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text.slice(0, 60));
  }
});

test('pieces of Ruby in any order are read, in time that grows with their length', () => {
  const piece = fc.constantFrom(
    's.name = ',
    '"',
    "'",
    '%q<',
    '>',
    '[',
    ']',
    '{',
    '\\',
    '#',
    '\n',
    's.version = "1"',
    ';',
    '#{',
    'x',
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => assertReads(pieces.join(''))));
  const units = [
    '"',
    '[',
    '%q<',
    '\\',
    's.name = ',
    's.licenses = [',
    '#',
    '\n',
    '"\\u{',
    '# stub: ',
    'Gem::Specification.new do |',
  ];
  units.forEach((unit) => assertReads(unit.repeat(200_000)));
});

function assertReads(statements: string): void {
  try {
    assert.equal(read(specification(...NAMED, statements)).packages?.length, 1);
  } catch (error) {
    assert.ok(isAppError(error));
  }
}

const LIST = `
require 'json'
puts JSON.generate(ARGV.map { |path|
  spec = Gem::Specification.load(path)
  [spec.name, spec.version.to_s, spec.platform == 'ruby' ? nil : spec.original_platform, spec.licenses]
})
`;

const MAKE = `
Gem::Specification.new do |s|
  s.name = 'plimsoll_thing'
  s.version = Gem::Version.new('1.0.rc').bump.to_s + '.pre2'
  s.platform = 'x86_64-linux'
  s.summary = %q(A "thing" \\#{1} with \\\\ and é)
  s.description = "Line\\n  s.version = \\"9\\"\\n"
  s.authors = ['Ä "B" #x']
  s.licenses = %w(MIT LGPL-2.1+)
  s.files = ['thing.rb']
  s.add_runtime_dependency 'rake', '>= 10', '< 99'
end
`;

test('gems of Ruby itself and one that gem installs are read as rubygems reads them', {
  skip: missing('ruby'),
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-gem-'));
  try {
    mkdirSync(join(folder, 'source'));
    writeFileSync(join(folder, 'source/thing.rb'), '');
    writeFileSync(join(folder, 'source/thing.gemspec'), MAKE);
    const env = { ...process.env, HOME: folder, LC_ALL: 'C.UTF-8' };
    const options = { cwd: join(folder, 'source'), env, stdio: 'pipe' } as const;
    execFileSync('gem', ['build', '--quiet', '--force', 'thing.gemspec', '--output', 'thing.gem'], options);
    const install = ['install', '--local', '--force', '--no-document', '--ignore-dependencies', '--install-dir'];
    execFileSync('gem', [...install, join(folder, 'gems'), 'thing.gem'], options);

    const paths = execFileSync('gem', ['env', 'gempath'], { encoding: 'utf8' }).trim().split(':');
    const files = [join(folder, 'gems'), ...paths]
      .flatMap((path) => globSync(`${path}/**/*.gemspec`))
      .filter((path) => gem.wants({ path: path.slice(1), mode: 0o644, size: 1 }));
    const listed: unknown = JSON.parse(execFileSync('ruby', ['-e', LIST, ...files], { encoding: 'utf8', env }));
    const read = files.map((path) => gem.read({ path, bytes: readFileSync(path) }));
    const found = read.flatMap(({ packages }) => packages ?? []);
    assert.deepEqual(
      found.map(({ name, version, architecture, licenses }) => [name, version, architecture ?? null, licenses]),
      listed,
    );
    assert.ok(read.every(({ unknowns }) => unknowns === undefined));
    assert.ok(found.some(({ name, architecture }) => name === 'plimsoll_thing' && architecture === 'x86_64-linux'));
    t.diagnostic(`${found.length} gems`);
    assert.ok(found.length > 60, `${found.length}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
