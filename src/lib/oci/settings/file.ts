import { LIMITS } from '#base/limits.ts';
import { parseYaml } from '#base/yaml.ts';
import { SettingsError } from './error.ts';
import { type RegistriesFile, registriesFile } from './schema.ts';

/** A registries file that fits its schema. `file` names it in errors, which say the line and the key. */
export function parseRegistriesFile(text: string, file: string): RegistriesFile {
  return parseYaml(text, file, {
    schema: registriesFile,
    limit: LIMITS.registriesFileBytes,
    empty: { registries: {} },
    invalid: (object, expected, found) =>
      new SettingsError('REGISTRIES_FILE_INVALID', 'not a registries file', {
        object,
        expected,
        found,
        hint: 'docs/guides/registries.md describes the file.',
      }),
  }).data;
}
