import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ocaml } from '#lib/packages/catalogers/ocaml/index.ts';
import { opam } from '#lib/packages/catalogers/opam/index.ts';
import { evidence } from '#test/evidence.ts';
import { debianFiles } from '#test/fixtures/debian-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence('catalogers/ocaml', 'real tool', 'OCaml libraries of Debian from apt, as ocamlfind lists them');
evidence('catalogers/opam', 'real tool', 'a switch with packages that opam from apt installed, as it lists them');

const run = promisify(execFile);

const LIBRARIES = [
  'libbiniou-ocaml',
  'libcmdliner-ocaml-dev',
  'libcryptokit-ocaml',
  'libfindlib-ocaml',
  'liblwt-ocaml',
  'libmenhir-ocaml-dev',
  'libpcre-ocaml',
  'libre-ocaml-dev',
  'libresult-ocaml',
  'libxml-light-ocaml',
  'libyojson-ocaml',
  'libzarith-ocaml',
];

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-ocaml-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('libraries are listed as ocamlfind lists them', { skip: missing('apt') }, (t) =>
  inFolder(async (root) => {
    await debianFiles(['ocaml-findlib'], ['./usr/bin/ocamlfind'], root);
    await debianFiles(LIBRARIES, ['./usr/lib/ocaml/*/META'], root);
    const configuration = join(root, 'findlib.conf');
    writeFileSync(configuration, `path="${root}/usr/lib/ocaml"\ndestdir="${root}/none"\n`);
    const env = { ...process.env, OCAMLFIND_CONF: configuration };
    const { stdout } = await run(join(root, 'usr/bin/ocamlfind'), ['list'], { env });
    const lines = [...stdout.matchAll(/^([\w-]+) +\(version: (.*)\)$/gm)].map(([, name, version]) => ({
      name,
      version,
    }));
    const listed = lines.filter(({ version }) => version?.startsWith('[distributed with') === false);

    const paths = globSync('usr/lib/ocaml/*/META', { cwd: root });
    assert.equal(paths.length, lines.length);
    const found = paths.flatMap((path) => {
      assert.ok(ocaml.wants({ path, mode: 0o644, size: 1 }), path);
      return ocaml.read({ path, bytes: readFileSync(join(root, path)) }).packages ?? [];
    });
    assert.deepEqual(
      found.map(({ name, version }) => `${name} ${version === '' ? 'n/a' : version}`).toSorted(),
      listed.map(({ name, version }) => `${name} ${version}`).toSorted(),
    );
    const known = found.filter(({ version }) => version !== '');
    t.diagnostic(
      `${known.length} of ${found.length} libraries have a version, ${lines.length} with those of the compiler`,
    );
    assert.ok(known.length >= 10, `${known.length}`);
  }),
);

test('packages of a switch are listed as opam lists them', { skip: missing('apt') }, (t) =>
  inFolder(async (root) => {
    const needed = ['libglpk40', 'libamd2', 'libcolamd2', 'libltdl7', 'libsuitesparseconfig5', 'libgmp10'];
    await debianFiles(['opam'], ['./usr/bin/opam'], root);
    await debianFiles(needed, ['./usr/lib/*.so.*'], root);
    const versions = ['1.0', '2.0.1', 'v0.16.0', '3~beta1', '20240301+dune', 'base', 'dev'];
    const names = versions.flatMap((version, index) => [`lib${index}.${version}`, `conf-lib_${index}.${version}`]);
    for (const name of names) {
      const folder = join(root, 'repository/packages', name.slice(0, name.indexOf('.')), name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'opam'), 'opam-version: "2.0"\nmaintainer: "a"\nsynopsis: "b"\n');
    }
    writeFileSync(join(root, 'repository/repo'), 'opam-version: "2.0"\n');
    const [libraries = ''] = globSync(`${root}/usr/lib/*-linux-gnu*`);
    const env = {
      ...process.env,
      HOME: root,
      LD_LIBRARY_PATH: libraries,
      OPAMROOT: join(root, '.opam'),
      OPAMROOTISOK: '1',
      OPAMYES: '1',
      OPAMSWITCH: 'mine',
    };
    const call = async (...args: readonly string[]): Promise<string> =>
      (await run(join(root, 'usr/bin/opam'), args, { env })).stdout;
    await call(
      'init',
      '--bare',
      '--disable-sandboxing',
      '--no-setup',
      '-k',
      'local',
      'default',
      join(root, 'repository'),
    );
    await call('switch', 'create', 'mine', '--empty');
    await call('install', ...names);
    await call('remove', names[0] ?? '');
    const listed = (await call('list', '--installed', '--short', '--columns=name,version')).trim().split('\n');

    const path = '.opam/mine/.opam-switch/switch-state';
    assert.ok(opam.wants({ path, mode: 0o644, size: 1 }));
    const { packages = [], unknowns } = opam.read({ path, bytes: readFileSync(join(root, path)) });
    assert.equal(unknowns, undefined);
    assert.deepEqual(
      packages.map(({ name, version }) => `${name} ${version}`).toSorted(),
      listed.map((line) => line.trim().split(/ +/).join(' ')).toSorted(),
    );
    t.diagnostic(`${packages.length} packages`);
    assert.equal(packages.length, names.length - 1);
  }),
);
