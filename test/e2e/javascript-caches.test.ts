import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { installedOnce, installNpmPackage } from '../fixtures/registry-packages.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'catalogers/npm caches',
  'real tool',
  'what Deno and Bun keep of packages of npm, as deno info and bun pm ls --all list it',
);

const home = temporaryHome();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-caches-')));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const WANTED = { express: '4.18.2', '@hapi/boom': '10.0.1' } as const;
/** Without colours, and without what lies in the folders around. */
const QUIET = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', DENO_NO_PACKAGE_JSON: '1' };

/** A program out of a package, which the registry client leaves without an execute bit. */
function programOf(name: string, version: string, file: string): string {
  const place = join(folder, file);
  const program = join(installNpmPackage(name, version, place), file);
  chmodSync(program, 0o755);
  return program;
}

/** `name@version` of each package that is found, with the folder that it is in. */
async function foundIn(root: string): Promise<ReadonlyMap<string, string>> {
  const { packages, unknowns } = await home.report(`rootfs:${root}`, '--no-lock-files');
  assert.deepEqual(
    unknowns.filter(({ analyser }) => analyser === 'npm'),
    [],
  );
  return new Map(
    packages.map(({ name, version, locations: [first, ...more] }) => {
      assert.deepEqual(more, []);
      return [`${name}@${version}`, dirname(first?.path ?? '')];
    }),
  );
}

test('what Deno keeps is what it lists, place for place', { skip: missing('linux-x64') }, async () => {
  const deno = programOf('@deno/linux-x64-glibc', '2.9.6', 'deno');
  const kept = installedOnce('deno-dir-1', (into) => {
    const imports = Object.entries(WANTED).map(([name, version]) => `import 'npm:${name}@${version}';\n`);
    writeFileSync(join(into, 'main.js'), imports.join(''));
    const options = { cwd: into, env: { ...QUIET, DENO_DIR: join(into, 'deno-dir') }, stdio: 'ignore' } as const;
    execFileSync(deno, ['cache', '--no-lock', '--no-config', 'main.js'], options);
  });
  const root = join(folder, 'deno-root');
  cpSync(kept, root, { recursive: true });
  const text = execFileSync(deno, ['info', '--json', '--no-lock', '--no-config', 'main.js'], {
    cwd: root,
    env: { ...QUIET, DENO_DIR: join(root, 'deno-dir') },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { npmPackages } = JSON.parse(text) as {
    readonly npmPackages: Readonly<Record<string, { name: string; version: string; localPath: string }>>;
  };
  const listed = Object.values(npmPackages).map(
    ({ name, version, localPath }) => [`${name}@${version}`, localPath.slice(root.length)] as const,
  );
  assert.ok(listed.length >= 30, `${listed.length}`);
  assert.deepEqual(await foundIn(root), new Map(listed));
});

test('what Bun keeps is what it lists of what it installed', { skip: missing('linux-x64') }, async () => {
  const bun = programOf('@oven/bun-linux-x64', '1.4.5', 'bin/bun');
  const kept = installedOnce('bun-cache-1', (into) => {
    const app = join(into, 'app');
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', dependencies: WANTED }));
    const env = { ...QUIET, BUN_INSTALL_CACHE_DIR: join(into, 'root/.bun/install/cache') };
    execFileSync(bun, ['install', '--ignore-scripts'], { cwd: app, env, stdio: 'ignore' });
  });
  const tree = execFileSync(bun, ['pm', 'ls', '--all'], {
    cwd: join(kept, 'app'),
    env: QUIET,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const listed = [...tree.matchAll(/[─ ] (@?[^@\s]+@[0-9]\S*)$/gm)].map(([, item]) => item ?? '');
  assert.ok(listed.length >= 30, tree);
  const found = await foundIn(join(kept, 'root'));
  assert.deepEqual([...found.keys()].toSorted(), [...new Set(listed)].toSorted());
  assert.ok([...found.values()].every((place) => place.startsWith('/.bun/install/cache/')));
});
