import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { haskell } from '#lib/packages/catalogers/haskell/index.ts';
import { evidence } from '#test/evidence.ts';
import { debianFiles } from '#test/fixtures/debian-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/haskell',
  'real tool',
  'the libraries that come with GHC, and some of Debian from apt, as ghc-pkg lists them',
);

const run = promisify(execFile);

const LIBRARIES = ['aeson', 'attoparsec', 'data-fix', 'hashable', 'primitive', 'scientific', 'vector'];
const DATABASE = 'var/lib/ghc/package.conf.d';

test('libraries are listed as ghc-pkg lists them', { skip: missing('apt') }, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-ghc-'));
  try {
    // The library of the compiler itself is large, and ghc-pkg does without.
    const programs = ['--exclude=./usr/lib/ghc/ghc-[0-9]*', './usr/lib/ghc/bin/ghc-pkg', './usr/lib/ghc/*/libHS*.so'];
    await debianFiles(['ghc'], [`./${DATABASE}/*`, ...programs], root);
    await debianFiles(
      LIBRARIES.map((name) => `libghc-${name}-dev`),
      [`./${DATABASE}/*`],
      root,
    );
    const tool = join(root, 'usr/lib/ghc/bin/ghc-pkg');
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    const database = ['--global-package-db', join(root, DATABASE)];
    await run(tool, ['recache', ...database], { env });
    const fields = 'name,version,id,license,depends';
    const { stdout } = await run(tool, ['field', '*', fields, '--simple-output', ...database], {
      env,
      maxBuffer: 2 ** 24,
    });
    const values = stdout.trimEnd().split('\n');
    const listed = Array.from({ length: values.length / 5 }, (_, index) => values.slice(index * 5, index * 5 + 5));

    const paths = globSync(`${DATABASE}/*.conf`, { cwd: root });
    const found = paths.flatMap((path) => {
      assert.ok(haskell.wants({ path, mode: 0o644, size: 1 }), path);
      const { packages = [], unknowns } = haskell.read({ path, bytes: readFileSync(join(root, path)) });
      assert.equal(unknowns, undefined);
      return packages;
    });
    const ours = found.map(({ name, version, provides = [name], licenses, requires = [] }) => [
      name,
      version,
      provides.join(),
      licenses.join(),
      requires.join(' '),
    ]);
    assert.deepEqual(ours.map(String).toSorted(), listed.map(String).toSorted());
    t.diagnostic(`${found.length} libraries`);
    assert.ok(found.length > 30, `${found.length}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
