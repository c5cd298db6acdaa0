import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cran } from '#lib/packages/catalogers/cran/index.ts';
import { evidence } from '#test/evidence.ts';
import { debianFiles } from '#test/fixtures/debian-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence('catalogers/cran', 'real tool', 'R of Debian from apt and packages for it, as installed.packages lists them');

const run = promisify(execFile);

/** What R is linked with, and what that needs. */
const LIBRARIES = [
  'libblas3',
  'libcom-err2',
  'libgfortran5',
  'libgomp1',
  'libgssapi-krb5-2',
  'libicu72',
  'libk5crypto3',
  'libkeyutils1',
  'libkrb5-3',
  'libkrb5support0',
  'libpcre2-8-0',
  'libquadmath0',
  'libreadline8',
  'libtirpc3',
];
const PACKAGES = [
  'codetools',
  'crayon',
  'digest',
  'glue',
  'jsonlite',
  'later',
  'magrittr',
  'nnet',
  'processx',
  'rcpp',
  'withr',
];

test('packages are those that R lists', { skip: missing('apt') }, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-r-'));
  try {
    await debianFiles(['r-base-core'], ['./usr/lib/R/bin/exec/R', './usr/lib/R/lib/*', './usr/lib/R/library/*'], root);
    await debianFiles(LIBRARIES, ['./*/lib*.so.*'], root);
    await debianFiles(
      PACKAGES.map((name) => `r-cran-${name}`),
      ['./usr/lib/R/*'],
      root,
    );
    const home = join(root, 'usr/lib/R');
    const folders = globSync('{usr/,}lib/*-linux-gnu*{/,/blas}', { cwd: root }).map((folder) => join(root, folder));
    const env = {
      ...process.env,
      HOME: root,
      LC_ALL: 'C.UTF-8',
      R_HOME: home,
      R_DEFAULT_PACKAGES: 'utils',
      EDITOR: 'vi',
      LD_LIBRARY_PATH: [join(home, 'lib'), ...folders].join(':'),
    };
    const script = resolve(import.meta.dirname, '../fixtures/installed-packages.R');
    const options = ['--no-echo', '--vanilla', `--file=${script}`, '--args'];
    const libraries = ['library', 'site-library'].map((name) => join(home, name));
    const { stdout } = await run(join(home, 'bin/exec/R'), [...options, ...libraries], { env });
    // In front of the list R says that it has no settings of the system.
    const listed = stdout.split('\n').filter((line) => line.includes('\t'));

    const found = globSync('usr/lib/R/**/DESCRIPTION', { cwd: root }).flatMap((path) => {
      assert.ok(cran.wants({ path, mode: 0o644, size: 1 }), path);
      const { packages = [], unknowns } = cran.read({ path, bytes: readFileSync(join(root, path)) });
      assert.equal(unknowns, undefined, path);
      return packages;
    });
    assert.deepEqual(
      found
        .map(({ name, version, licenses, requires = [] }) =>
          [name, version, licenses.join(), requires.toSorted().join(' ')].join('\t'),
        )
        .toSorted(),
      listed.toSorted(),
    );
    t.diagnostic(`${found.length} packages`);
    assert.ok(found.length >= PACKAGES.length + 10, `${found.length}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
