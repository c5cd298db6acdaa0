import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { conda } from '#lib/packages/catalogers/conda/index.ts';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';

evidence('catalogers/conda', 'real tool', 'an environment that rattler installs, as it reads its records');

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../.cache/py-rattler-0.28.0');

/** Downloaded once. */
function rattler(): string {
  if (!existsSync(cache)) {
    mkdirSync(resolve(cache, '..'), { recursive: true });
    const folder = mkdtempSync(`${cache}-`);
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];
    const pip = ['-m', 'pip', 'install', ...quiet, '--no-deps', '--only-binary=:all:', '--target', folder];
    execFileSync('python3', [...pip, 'py-rattler==0.28.0'], { stdio: ['ignore', 'ignore', 'inherit'] });
    renameSync(folder, cache);
  }
  return cache;
}

test('packages of an environment are listed as rattler lists them', { skip: missing('python') }, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-conda-'));
  try {
    const env = { ...process.env, PYTHONPATH: rattler(), HOME: root };
    const script = resolve(import.meta.dirname, '../fixtures/conda/install.py');
    const { stdout } = await run('python3', [script, root], { env });
    const listed = JSON.parse(stdout) as readonly (readonly string[])[];

    const paths = globSync('environment/conda-meta/*.json', { cwd: root });
    const found = paths.flatMap((path) => {
      assert.ok(conda.wants({ path, mode: 0o644, size: 1 }), path);
      const { packages = [], unknowns } = conda.read({ path, bytes: readFileSync(join(root, path)) });
      assert.equal(unknowns, undefined);
      return packages;
    });
    assert.deepEqual(
      found
        .map(({ name, version, qualifiers, licenses }) =>
          [name, version, qualifiers?.['build'], qualifiers?.['subdir'], ...licenses].join(' '),
        )
        .toSorted(),
      listed.map((values) => values.join(' ')).toSorted(),
    );
    assert.ok(found.every(({ qualifiers }) => qualifiers?.['channel'] === 'own-channel'));
    const names = new Set(found.map(({ name }) => name));
    const edges = found.flatMap(({ requires = [] }) => requires);
    assert.ok(edges.every((name) => names.has(name)));
    assert.equal(edges.length, found.length - 1);
    t.diagnostic(`${found.length} packages`);
    assert.ok(found.length >= 12, `${found.length}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
