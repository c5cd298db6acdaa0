import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { dotnet } from '#lib/packages/catalogers/dotnet/index.ts';
import { dotnetAssembly } from '#lib/packages/catalogers/dotnet-assembly/index.ts';
import { dotnetBundle } from '#lib/packages/catalogers/dotnet-bundle/index.ts';
import { evidence } from '#test/evidence.ts';
import { installNpmPackage } from '#test/fixtures/registry-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/dotnet',
  'published',
  'a published application, compared with the assemblies that are in its folder',
);
evidence(
  'catalogers/dotnet-bundle',
  'published',
  'an application published as one file, compared with the names of the assemblies in its bundle',
);
evidence(
  'catalogers/dotnet-assembly',
  'published',
  'the assemblies of two published applications, compared with the packages that their lists name for each',
);

const work = mkdtempSync(join(tmpdir(), 'plimsoll-dotnet-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** As much of a list of libraries as is compared. */
interface Deps {
  readonly targets: Readonly<Record<string, Readonly<Record<string, Files>>>>;
  readonly libraries: Readonly<Record<string, { readonly type: string }>>;
}

type Files = Readonly<Partial<Record<'runtime' | 'native' | 'runtimeTargets', Readonly<Record<string, unknown>>>>>;

test('the packages are those whose assemblies are in the folder', { skip: missing('gnu-tar') }, (t) => {
  const folder = installNpmPackage('@autorest/csharp', '3.0.0-beta.20251203.1', join(work, 'autorest'));
  const path = join(folder, 'AutoRest.CSharp.deps.json');
  const bytes = readFileSync(path);
  const { packages = [], unknowns } = dotnet.read({ path, bytes });
  assert.equal(unknowns, undefined);

  // Where NuGet unpacks an assembly is not where it is deployed: there its name is enough, and names do not repeat.
  const there = new Set(globSync('**/*.dll', { cwd: folder }).map((file) => basename(file)));
  const owners = new Map<string, string>();
  for (const [library, files] of Object.values((JSON.parse(bytes.toString()) as Deps).targets).flatMap(
    Object.entries,
  )) {
    const { runtime, native, runtimeTargets } = files as Files;
    for (const file of Object.keys({ ...runtime, ...native, ...runtimeTargets })) {
      owners.set(basename(file), library);
    }
  }
  const ofAssemblies = new Set([...there].flatMap((file) => owners.get(file) ?? `unknown ${file}`));
  assert.ok(ofAssemblies.delete('AutoRest.CSharp/3.0.0-beta.20251203.1'), 'the application itself');
  assert.deepEqual(packages.map(({ name, version }) => `${name}/${version}`).toSorted(), [...ofAssemblies].toSorted());
  t.diagnostic(`${packages.length} packages, ${there.size} assemblies`);
  assert.ok(packages.length >= 30);
});

test('the packages of an application in one file are those whose assemblies are in its bundle', {
  skip: missing('gnu-tar'),
}, (t) => {
  const folder = installNpmPackage('@microsoft/sarif-multitool-linux', '5.7.0', join(work, 'sarif'));
  const path = join(folder, 'Sarif.Multitool');
  const bytes = readFileSync(path);
  const { packages = [], unknowns } = dotnetBundle.read({ path, bytes });
  assert.equal(unknowns, undefined);

  // The table of files is at the end: there stand the names of all that is in the bundle, and nothing else does.
  const names = bytes.subarray(-16_384).toString('latin1');
  const start = bytes.lastIndexOf('{', bytes.lastIndexOf('"runtimeTarget"'));
  const end = bytes.indexOf('\n}', start) + 2;
  const { targets, libraries } = JSON.parse(bytes.toString('utf8', start, end)) as Deps;
  const expected = Object.values(targets).flatMap((target) =>
    Object.entries(target).flatMap(([library, { runtime, native }]) => {
      const isThere = Object.keys({ ...runtime, ...native }).some((file) => names.includes(basename(file)));
      const isPackage = ['package', 'runtimepack'].includes(libraries[library]?.type ?? '');
      return isThere && isPackage ? [library.replace(/^runtimepack\./, '')] : [];
    }),
  );
  assert.deepEqual(packages.map(({ name, version }) => `${name}/${version}`).toSorted(), expected.toSorted());
  t.diagnostic(`${packages.length} packages`);
  assert.ok(packages.length >= 50);
});

test('packages recognised by their assemblies are those that the lists name', { skip: missing('gnu-tar') }, (t) => {
  const folders = [
    installNpmPackage('@autorest/csharp', '3.0.0-beta.20251203.1', join(work, 'assemblies/autorest')),
    installNpmPackage('nswag', '14.7.1', join(work, 'assemblies/nswag')),
  ];
  const counts = { assemblies: 0, recognised: 0 };
  for (const list of folders.flatMap((folder) => globSync(join(folder, '**/*.deps.json')))) {
    const { targets } = JSON.parse(readFileSync(list, 'utf8').replace(/^\ufeff/, '')) as Deps;
    for (const [library, { runtime = {} }] of Object.values(targets).flatMap(Object.entries) as [string, Files][]) {
      for (const path of Object.keys(runtime).map((file) => join(dirname(list), basename(file)))) {
        if (!existsSync(path)) {
          continue;
        }
        counts.assemblies += 1;
        const isWanted = dotnetAssembly.wants({ path, mode: 0o644, size: 1 });
        const { packages = [] } = isWanted ? dotnetAssembly.read({ path, bytes: readFileSync(path) }) : {};
        for (const { name, version } of packages) {
          assert.equal(`${name}/${version}`, library, path);
          counts.recognised += 1;
        }
      }
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.assemblies >= 100 && counts.recognised >= 10);
});
