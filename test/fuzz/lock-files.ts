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
  ['java-lock', 'pom.xml', 'java', 'pom.xml'],
  ['julia-lock', 'Manifest.toml', 'judged', 'v2/Manifest.toml'],
  ['mix-lock', 'mix.lock', 'judged', 'mix.lock'],
  ['nuget-lock', 'packages.lock.json', 'judged', 'packages.lock.json'],
  ['php-lock', 'composer.lock', 'php', 'composer.lock'],
  ['pub-lock', 'pubspec.lock', 'judged', 'pubspec.lock'],
  ['python-lock', 'requirements.txt', 'python', 'requirements.txt'],
  ['python-lock', 'poetry.lock', 'python', 'poetry.lock'],
  ['python-lock', 'pylock.toml', 'python', 'pylock.toml'],
  ['python-lock', 'Pipfile.lock', 'python', 'Pipfile.lock'],
  ['ruby-lock', 'Gemfile.lock', 'ruby', 'Gemfile.lock'],
  ['swift-lock', 'Package.resolved', 'judged', 'v1/Package.resolved'],
  ['terraform-lock', '.terraform.lock.hcl', 'judged', '.terraform.lock.hcl'],
];

/** Lock files and manifests of all languages but JavaScript: each input is read as every one of them. */
export const lockFiles: FuzzTarget = {
  id: 'lock-files',
  seeds: () => FILES.map(([, , folder, file]) => lockFile(folder, file).subarray(0, 3000)),
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
  ],
  run: (input) => {
    const refusals: AppError[] = [];
    let packages = 0;
    for (const [id, path] of FILES) {
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
