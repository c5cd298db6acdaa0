import { type AppError, isAppError } from '#base/error.ts';
import { countPackages } from '#test/fixtures/fuzz-catalogers.ts';
import { lockFile } from '#test/fixtures/lock-files/index.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const FILES: readonly (readonly [id: string, path: string, folder: string, file: string])[] = [
  ['cargo-lock', 'Cargo.lock', 'cargo', 'Cargo.lock'],
  ['cocoapods-lock', 'Podfile.lock', 'judged', 'Podfile.lock'],
  ['conan-lock', 'conan.lock', 'judged', 'conan.lock'],
  ['github-actions', '.github/workflows/a.yml', 'judged', 'workflow.yml'],
  ['go-mod', 'go.mod', 'go', 'go.mod'],
  ['haskell-lock', 'cabal.project.freeze', 'haskell', 'cabal.project.freeze'],
  ['haskell-lock', 'stack.yaml.lock', 'haskell', 'stack.yaml.lock'],
  ['java-lock', 'pom.xml', 'java', 'pom.xml'],
  ['java-lock', 'build.sbt.lock', 'judged', 'build.sbt.lock'],
  ['julia-lock', 'Manifest.toml', 'judged', 'v2/Manifest.toml'],
  ['mix-lock', 'mix.lock', 'judged', 'mix.lock'],
  ['nuget-lock', 'packages.lock.json', 'judged', 'packages.lock.json'],
  ['php-lock', 'composer.lock', 'php', 'composer.lock'],
  ['pub-lock', 'pubspec.lock', 'judged', 'pubspec.lock'],
  ['python-lock', 'requirements.txt', 'python', 'requirements.txt'],
  ['python-lock', 'poetry.lock', 'python', 'poetry.lock'],
  ['python-lock', 'pylock.toml', 'python', 'pylock.toml'],
  ['python-lock', 'Pipfile.lock', 'python', 'Pipfile.lock'],
  ['rebar-lock', 'rebar.lock', 'rebar', 'rebar.lock'],
  ['renv-lock', 'renv.lock', 'judged', 'renv.lock'],
  ['ruby-lock', 'Gemfile.lock', 'ruby', 'Gemfile.lock'],
  ['swift-lock', 'Package.resolved', 'judged', 'v1/Package.resolved'],
  ['terraform-lock', '.terraform.lock.hcl', 'judged', '.terraform.lock.hcl'],
  ['vcpkg-manifest', 'vcpkg.json', 'judged', 'vcpkg.json'],
];

/** Of two ports as vcpkg writes them down, and a feature of one. */
const PORTS = `Package: fmt
Version: 11.0.2
Port-Version: 1
Depends: vcpkg-cmake:x64-linux, zlib[core]
Architecture: arm64-linux
Multi-Arch: same
Status: install ok installed

Package: fmt
Feature: ssl
Depends: openssl
Architecture: arm64-linux
Status: install ok installed

Package: zlib
Version: 1.3.1
Architecture: arm64-linux
Status: purge ok not-installed
`;
const READ: readonly (readonly [id: string, path: string])[] = [
  ...FILES.map(([id, path]) => [id, path] as const),
  ['vcpkg', 'srv/vcpkg/status'],
];

/** Lock files and manifests of all languages but JavaScript, and what vcpkg writes down: each input is read as every one of them. */
export const lockFiles: FuzzTarget = {
  id: 'lock-files',
  seeds: () => [...FILES.map(([, , folder, file]) => lockFile(folder, file).subarray(0, 3000)), Buffer.from(PORTS)],
  maxMillis: 500,
  dictionary: [
    '"version": "',
    '== 1.0',
    ' \\\n',
    '\n[[package]]\n',
    'dependencies = [',
    '    a (1.0)\n',
    '{:hex, :a, "',
    'uses: ',
    '=>',
    '${',
    '             any.a ==1.0,\n',
    'hackage: a-1.0@rev:1',
    '{pkg,<<"a">>,<<"1">>}',
    'Package: ',
    'Status: install ok installed\n',
    '"overrides": [',
  ],
  run: (input) => {
    const refusals: AppError[] = [];
    let packages = 0;
    for (const [id, path] of READ) {
      try {
        packages += countPackages(id, path, input);
      } catch (error) {
        if (!isAppError(error)) {
          throw error;
        }
        refusals.push(error);
      }
    }
    // Requirements are lines of which none has to mean anything: what no format finds a package in is refused by those that can.
    const [refusal] = refusals;
    if (refusal !== undefined && packages === 0) {
      throw refusal;
    }
  },
};
