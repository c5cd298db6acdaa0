import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { unpackDebianPackages } from '#test/fixtures/debian-packages.ts';
import { missing } from '#test/prerequisites.ts';
import { cran } from './index.ts';

evidence('catalogers/cran', 'published', 'R packages that Debian installed with R CMD INSTALL, as dpkg lists them');

const NAMES = [
  'codetools',
  'crayon',
  'desc',
  'digest',
  'glue',
  'jsonlite',
  'magrittr',
  'mime',
  'nnet',
  'processx',
  'ps',
  'r6',
  'withr',
];

/** What comes with R itself, which is one package in Debian. */
const BASE = new Set(['graphics', 'grDevices', 'methods', 'stats', 'tools', 'utils']);
const PREFIX = 'r-cran-';

test('R packages of Debian have the names, versions and dependencies that dpkg says', {
  skip: missing('apt', 'dpkg', 'root'),
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cran-'));
  try {
    await unpackDebianPackages(
      NAMES.map((name) => PREFIX + name),
      folder,
    );
    const found = globSync('**/DESCRIPTION', { cwd: join(folder, 'usr/lib/R') }).flatMap(
      (path) => cran.read({ path, bytes: readFileSync(join(folder, 'usr/lib/R', path)) }).packages ?? [],
    );
    const ours = found.map(({ name, version, requires = [] }) => ({
      name: name.toLowerCase(),
      version,
      requires: requires.filter((need) => !BASE.has(need)).map((need) => need.toLowerCase()),
    }));
    const format = '${Package}\t${Version}\t${Depends}\n';
    const listed = execFileSync('dpkg-query', [`--root=${folder}`, '-W', '-f', format], { encoding: 'utf8' });
    const theirs = listed
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([name = '', version = '', depends = '']) => ({
        name: name.slice(PREFIX.length),
        // Without Debian's revision, and what it says of files that it took out.
        version: version.slice(0, version.lastIndexOf('-')).replace(/\+dfsg.*/, ''),
        requires: [...depends.matchAll(/r-cran-([a-z0-9.]+)/g)].map(([, need = '']) => need),
      }));
    assert.deepEqual(ours.map(sorted).toSorted(byName), theirs.map(sorted).toSorted(byName));
    assert.equal(ours.length, NAMES.length);
    assert.ok(found.every(({ licenses }) => licenses.length === 1));
    t.diagnostic(`${ours.length} packages`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly requires: readonly string[];
}

function sorted({ name, version, requires }: Installed): Installed {
  return { name, version, requires: [...new Set(requires)].toSorted() };
}

function byName(a: Installed, b: Installed): number {
  return a.name < b.name ? -1 : 1;
}
