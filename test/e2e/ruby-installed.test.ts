import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { debianDependencies, unpackDebianPackages } from '../fixtures/debian-packages.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'packages/dependencies of gem',
  'real tool',
  'gems of Debian, as gem list has them and Gem::Specification reads them',
);

const home = temporaryHome();
after(() => home.remove());

/** Where Debian has gems that are all Ruby, for all versions of it. */
const GEMS = 'usr/share/rubygems-integration/all';

/** Of every gem of a folder, by all versions that are there, what it needs at run time. */
const EDGES = `
require 'json'
specs = Dir[File.join(ARGV[0], 'specifications/*.gemspec')].map { |path| Gem::Specification.load(path) }
edges = specs.flat_map do |spec|
  spec.runtime_dependencies.flat_map do |dep|
    specs.select { |other| other.name == dep.name }.map { |other| "#{spec.name}@#{spec.version} #{other.name}@#{other.version}" }
  end
end
puts JSON.generate(edges)
`;

test('gems of Debian are what gem lists, and so is what needs what', {
  skip: missing('apt', 'root', 'ruby'),
}, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-gems-'));
  try {
    await unpackDebianPackages(
      await debianDependencies(['ruby-rails', 'ruby-sinatra', 'ruby-rspec'], ['ruby-'], 2),
      root,
    );
    const folder = join(root, GEMS);
    const env = { ...process.env, GEM_HOME: folder, GEM_PATH: folder };
    // Gems of the Ruby that is asked are default ones.
    const listed = [
      ...execFileSync('gem', ['list', '--local', '--all'], { encoding: 'utf8', env }).matchAll(/^(\S+) \((.+)\)$/gm),
    ].flatMap(([, name, versions = '']) =>
      versions
        .split(', ')
        .filter((version) => !version.startsWith('default: '))
        .map((version) => `${name}@${version}`),
    );
    assert.ok(listed.length >= 20, `${listed.length}`);
    const report = await home.report(`rootfs:${root}`);
    const gems = report.packages.filter(
      ({ type, locations }) => type === 'gem' && locations.some(({ path }) => path.startsWith(`/${GEMS}/`)),
    );
    assert.deepEqual(gems.map(({ name, version }) => `${name}@${version}`).toSorted(), listed.toSorted());

    const names = new Map(gems.map(({ purl, name, version }) => [purl, `${name}@${version}`]));
    const edges = gems.flatMap(({ purl, dependsOn = [] }) =>
      dependsOn.filter((each) => names.has(each)).map((each) => `${names.get(purl)} ${names.get(each)}`),
    );
    const expected = JSON.parse(execFileSync('ruby', ['-e', EDGES, folder], { encoding: 'utf8' })) as readonly string[];
    assert.deepEqual(edges.toSorted(), expected.toSorted());
    assert.ok(edges.length >= 20, `${edges.length}`);
    t.diagnostic(`${gems.length} gems, ${edges.length} dependencies`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** A specification that says nothing without being run. */
function program(name: string, up: string, ...needed: readonly string[]): string {
  const needs = needed.map((each) => `s.add_dependency '${each}', '>= 1'`);
  const lines = [`s.name = '${name}'.dup`, `s.version = File.read(File.join(__dir__, '${up}VERSION')).strip`, ...needs];
  return `Gem::Specification.new do |s|\n${lines.join('\n')}\ns.summary = 'x'; s.authors = ['y']; s.license = 'MIT'\nend\n`;
}

test('gems that Bundler takes from a repository are those that it lists', { skip: missing('ruby') }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bundler-'));
  try {
    const source = join(folder, 'source');
    mkdirSync(join(source, 'part'), { recursive: true });
    writeFileSync(join(source, 'VERSION'), '1.2.3\n');
    writeFileSync(join(source, 'whole.gemspec'), program('whole', '', 'part'));
    writeFileSync(join(source, 'part/part.gemspec'), program('part', '../'));
    const git = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false', '-C', source];
    for (const args of [
      ['init', '-q'],
      ['add', '.'],
      ['commit', '-q', '-m', 'x'],
    ]) {
      execFileSync('git', [...git, ...args], { stdio: 'pipe' });
    }
    const app = join(folder, 'app');
    mkdirSync(app);
    writeFileSync(join(app, 'Gemfile'), `git '${source}' do\n  gem 'whole'\n  gem 'part'\nend\n`);
    const env = { ...process.env, HOME: folder, BUNDLE_PATH: join(app, 'vendor') };
    const bundle = (...args: readonly string[]): string =>
      execFileSync('ruby', ['-rbundler', '-rbundler/cli', '-e', 'Bundler::CLI.start(ARGV)', '--', ...args], {
        cwd: app,
        env,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    bundle('install', '--local');
    const listed = [...bundle('list').matchAll(/^ {2}\* (\S+) \(([^ )]+)/gm)].map(
      ([, name, version]) => `${name}@${version}`,
    );
    const { packages } = await home.report(`rootfs:${app}`, '--no-lock-files');
    const gems = packages.filter(({ type }) => type === 'gem');
    assert.deepEqual(
      gems.map(({ name, version }) => `${name}@${version}`),
      ['part@1.2.3', 'whole@1.2.3'],
    );
    assert.deepEqual(
      listed.filter((each) => !each.startsWith('bundler@')),
      ['part@1.2.3', 'whole@1.2.3'],
    );
    assert.deepEqual(
      gems.map(({ dependsOn }) => dependsOn),
      [undefined, ['pkg:gem/part@1.2.3']],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
