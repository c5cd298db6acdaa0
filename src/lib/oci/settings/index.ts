/** What the user's registries file says about a registry. `docs/guides/registries.md` is the user's view of it. */
import type { SourceAccess } from '../images/options.ts';
import { DEFAULT_SETTINGS, type RegistrySettings } from './settings.ts';

export type { RegistrySettings } from './settings.ts';

/**
 * The settings of a registry, named as in a reference (`docker.io`, `registry.example:5000`). Throws `SettingsError` for
 * a registries file that is not valid anywhere, and for certificates of this registry that cannot be used.
 */
export async function registrySettings(access: SourceAccess, registry: string): Promise<RegistrySettings> {
  if (access.registries === null) {
    return DEFAULT_SETTINGS;
  }
  // Loaded here, since most runs have no such file and need neither the YAML parser nor the schema.
  const { settingsFromFile } = await import('./resolve.ts');
  return await settingsFromFile(access.registries, registry);
}
