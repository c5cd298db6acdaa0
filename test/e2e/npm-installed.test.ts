import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { installedOnce } from '../fixtures/registry-packages.ts';

evidence(
  'packages/dependencies of npm',
  'real tool',
  'what npm and pnpm installed, as npm ls --all and pnpm list have it',
);

const home = temporaryHome();
after(() => home.remove());

/** Scoped packages, one that brings its own along, peers, several versions of one, and another name for a package. */
const WANTED = {
  '@babel/core': '7.20.5',
  eslint: '8.29.0',
  left: 'npm:left-pad@1.3.0',
  npm: '9.6.7',
  webpack: '5.75.0',
  'minimatch-5': 'npm:minimatch@5.1.6',
} as const;

function install(folder: string, dependencies: Readonly<Record<string, string>>, command: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies }));
  const [program = '', ...args] = command;
  execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** As `npm ls` and `pnpm list` print it. */
interface Node {
  readonly name?: string;
  readonly from?: string;
  readonly version?: string;
  readonly path?: string;
  readonly dependencies?: Readonly<Record<string, Node>>;
}

interface Listed {
  /** `name version place`. */
  readonly packages: Set<string>;
  /** `name@version name@version`. */
  readonly edges: Set<string>;
}

/** Both list a package in full in one place and by its name in others: places and edges of all of them are the graph. */
function listed(root: Node, folder: string): Listed {
  const all: Listed = { packages: new Set(), edges: new Set() };
  const walk = (node: Node, from: string | null): void => {
    for (const [key, child] of Object.entries(node.dependencies ?? {})) {
      // What is optional and not there, or a peer that nobody has, has no version.
      if (child.version === undefined || child.path === undefined) {
        continue;
      }
      const name = child.name ?? child.from ?? key;
      const purl = `${name}@${child.version}`;
      all.packages.add(`${name} ${child.version} ${relative(folder, realpathSync(child.path))}`);
      if (from !== null && from !== purl) {
        all.edges.add(`${from} ${purl}`);
      }
      walk(child, purl);
    }
  };
  walk(root, null);
  return all;
}

function found({ packages }: Report): { readonly packages: readonly string[]; readonly edges: readonly string[] } {
  const npm = packages.filter(({ type }) => type === 'npm');
  const names = new Map(npm.map(({ purl, name, version }) => [purl, `${name}@${version}`]));
  return {
    packages: npm.flatMap(({ name, version, locations }) =>
      locations.map(({ path }) => `${name} ${version} ${path.slice(1, -'/package.json'.length)}`),
    ),
    edges: npm.flatMap(({ name, version, dependsOn = [] }) =>
      dependsOn.map((purl) => `${name}@${version} ${names.get(purl)}`),
    ),
  };
}

test('what npm installed is what npm lists, place for place, and so is what needs what', async (t) => {
  const folder = installedOnce('npm-tree-1', (into) => {
    install(into, WANTED, ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']);
  });
  const { stdout } = spawnSync('npm', ['ls', '--all', '--json', '--long'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const expected = listed(JSON.parse(stdout) as Node, folder);
  assert.ok(expected.packages.size >= 300, `${expected.packages.size}`);
  assert.ok(expected.packages.has('left-pad 1.3.0 node_modules/left'));
  const report = await home.report(`rootfs:${folder}`, '--no-lock-files');
  const { packages, edges } = found(report);
  assert.deepEqual(packages.toSorted(), [...expected.packages].toSorted());
  assert.deepEqual(edges.toSorted(), [...expected.edges].toSorted());
  t.diagnostic(`${packages.length} packages, ${edges.length} dependencies`);
});

/** Parts of a project and a folder beside it, which npm links to; one may not be published. */
const LINKED = {
  'app/package.json': { name: 'app', workspaces: ['parts/*'], dependencies: { express: '4.18.2', out: 'file:../out' } },
  'app/parts/one/package.json': {
    name: '@parts/one',
    version: '1.2.3',
    dependencies: { '@parts/two': '*', ms: '2.1.3' },
  },
  'app/parts/two/package.json': { name: '@parts/two', version: '0.1.0', dependencies: { debug: '4.3.4', own: '*' } },
  'app/parts/own/package.json': { name: 'own', version: '1.0.0', private: true, dependencies: { ms: '2.1.1' } },
  'out/package.json': { name: 'out', version: '3.0.0-rc.1', dependencies: { ms: '2.1.2' } },
} as const;

test('what npm links to is what npm lists, but for what may not be published', async (t) => {
  const folder = installedOnce('npm-linked-1', (into) => {
    for (const [path, content] of Object.entries(LINKED)) {
      mkdirSync(dirname(join(into, path)), { recursive: true });
      writeFileSync(join(into, path), JSON.stringify(content));
    }
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    // The second is what `npm install --global` makes of a folder.
    execFileSync('npm', ['install', ...quiet], { cwd: join(into, 'app'), stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('npm', ['install', ...quiet, '--global', '--prefix', join(into, 'usr'), join(into, 'out')], {
      cwd: into,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
  const list = (...args: readonly string[]): Listed => {
    const { stdout } = spawnSync('npm', ['ls', '--all', '--json', '--long', ...args], {
      cwd: join(folder, 'app'),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return listed(JSON.parse(stdout) as Node, folder);
  };
  const all = [list(), list('--global', '--prefix', join(folder, 'usr'))];
  const isPublic = (item: string): boolean => !/(?:^| )own[ @]/.test(item);
  const expected = {
    packages: new Set(all.flatMap(({ packages }) => [...packages])),
    edges: new Set(all.flatMap(({ edges }) => [...edges])),
  };
  assert.ok(expected.packages.has('own 1.0.0 app/parts/own'));
  const { packages, edges } = found(await home.report(`rootfs:${folder}`, '--no-lock-files'));
  assert.deepEqual(packages.toSorted(), [...expected.packages].filter(isPublic).toSorted());
  assert.deepEqual(edges.toSorted(), [...expected.edges].filter(isPublic).toSorted());
  for (const item of ['@parts/one 1.2.3 app/parts/one', 'out 3.0.0-rc.1 out']) {
    assert.ok(packages.includes(item), item);
  }
  t.diagnostic(`${packages.length} packages, ${edges.length} dependencies`);
});

test('what pnpm installed is what pnpm lists, and what it links is what needs what', async (t) => {
  const { npm: _npm, ...wanted } = WANTED;
  const pnpm = installedOnce('pnpm-8.15.9', (into) => {
    install(into, { pnpm: '8.15.9' }, ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']);
  });
  const program = [process.execPath, join(pnpm, 'node_modules/pnpm/bin/pnpm.cjs')] as const;
  const folder = installedOnce('pnpm-tree-1', (into) => {
    const quiet = ['--ignore-scripts', '--silent', '--package-import-method=copy', `--store-dir=${into}-store`];
    install(into, wanted, [...program, 'install', ...quiet]);
    rmSync(`${into}-store`, { recursive: true });
  });
  const [, script] = program;
  const { stdout } = spawnSync(process.execPath, [script, 'list', '--json', '--depth=99'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const [root] = JSON.parse(stdout) as readonly [Node];
  const expected = listed(root, folder);
  assert.ok(expected.packages.size >= 150, `${expected.packages.size}`);
  const report = await home.report(`rootfs:${folder}`, '--no-lock-files');
  const { packages, edges } = found(report);
  assert.deepEqual(packages.toSorted(), [...expected.packages].toSorted());
  assert.deepEqual(edges.toSorted(), [...expected.edges].toSorted());
  t.diagnostic(`${packages.length} packages, ${edges.length} dependencies`);
});

/** A line of `yarn info --all --recursive --json`. */
interface YarnPackage {
  readonly value: string;
  readonly children: {
    readonly Version: string;
    readonly Dependencies?: readonly { readonly locator: string }[];
    readonly 'Peer dependencies'?: readonly { readonly locator: string | null }[];
  };
}

for (const version of ['2.4.2', '3.8.7', '4.5.3']) {
  test(`what Yarn ${version} runs from archives is what it lists, and so is what needs what`, async (t) => {
    const { npm: _npm, ...wanted } = WANTED;
    const yarn = installedOnce(`yarn-${version}`, (into) => {
      const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
      install(into, { '@yarnpkg/cli-dist': version }, ['npm', 'install', ...quiet]);
    });
    const program = join(yarn, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
    const settings = {
      YARN_ENABLE_TELEMETRY: '0',
      YARN_ENABLE_SCRIPTS: '0',
      YARN_ENABLE_GLOBAL_CACHE: '0',
      YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
      YARN_NODE_LINKER: 'pnp',
    };
    const folder = installedOnce(`yarn-tree-${version}`, (into) => {
      writeFileSync(join(into, 'yarn.lock'), '');
      install(into, wanted, [
        'env',
        ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
        process.execPath,
        program,
        'install',
      ]);
    });
    const options = {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, ...settings },
    } as const;
    const lines = execFileSync(
      process.execPath,
      [program, 'info', '--all', '--recursive', '--virtuals', '--json'],
      options,
    );
    const all = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as YarnPackage)
      .filter(({ value }) => !value.includes('@workspace:'));
    const names = new Map(
      all.map(({ value, children }) => [value, `${value.slice(0, value.indexOf('@', 1))}@${children.Version}`]),
    );
    const needs = all.flatMap(({ value, children: { Dependencies = [], 'Peer dependencies': peers = [] } }) =>
      [...Dependencies, ...peers].flatMap(({ locator }) =>
        locator === null ? [] : [`${names.get(value)} ${names.get(locator)}`],
      ),
    );
    const report = await home.report(`rootfs:${folder}`, '--no-lock-files');
    const { packages } = report;
    assert.deepEqual(
      packages.map((item) => `${item.name}@${item.version}`).toSorted(),
      [...new Set(names.values())].toSorted(),
    );
    assert.deepEqual(found(report).edges.toSorted(), [...new Set(needs)].toSorted());
    assert.ok(packages.length >= 150);
    assert.deepEqual(
      report.unknowns.filter(({ analyser }) => analyser === 'yarn-pnp'),
      [],
    );
    // The state file names it, and its archive is there.
    const places = packages.map(({ locations }) => locations.length);
    assert.ok(places.every((count) => count >= 2));
    t.diagnostic(`${packages.length} packages, ${new Set(needs).size} dependencies`);
  });
}
